// A WebSocket that looks at what passes: versions are one line, and no result is of somebody who was signed in before.
// It also tells when API Gateway says that a frame was lost, in a message at which the client throws a TypeError.
import { WebSocket } from "ws";

const FIRST = { querySet: 0, identity: 0, ts: "AAAAAAAAAAA=" };

export function watchedSocket(onVersion, onIdentity, onLost) {
  return class extends WebSocket {
    constructor(...args) {
      super(...args);
      let version = FIRST;
      const people = new Map();
      const own = new Set();
      let parts = [];
      const send = this.send.bind(this);
      this.send = (text) => {
        const sent = parsed(text);
        if (sent?.type === "Authenticate") people.set(sent.baseVersion + 1, subjectOf(sent.value));
        for (const change of sent?.type === "ModifyQuerySet" ? sent.modifications : []) {
          if (change.type === "Add" && change.udfPath === "projects:get") own.add(change.queryId);
        }
        send(text);
      };
      this.addEventListener("message", ({ data }) => {
        let received = parsed(data);
        if (received?.message && !received.type) onLost(this);
        if (received?.type === "TransitionChunk") {
          parts.push(received.chunk);
          if (parts.length < received.totalParts) return;
          received = parsed(parts.join(""));
          parts = [];
        }
        if (received?.type !== "Transition") return;
        const { startVersion, endVersion, modifications } = received;
        if (JSON.stringify(startVersion) !== JSON.stringify(version)) {
          onVersion(`a transition from ${JSON.stringify(startVersion)} came at ${JSON.stringify(version)}`);
        }
        if (!isAfter(endVersion, version)) onVersion(`${JSON.stringify(version)} was followed by ${JSON.stringify(endVersion)}`);
        version = endVersion;
        const subject = people.get(endVersion.identity);
        for (const { type, queryId, value } of modifications) {
          const foreign = type === "QueryUpdated" && own.has(queryId) && value.find(({ ownerId }) => ownerId !== subject);
          if (foreign) onIdentity(`${subject} was shown a project of ${foreign.ownerId}`);
        }
      });
    }
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function subjectOf(jwt) {
  return jwt ? JSON.parse(Buffer.from(jwt.split(".")[1], "base64url").toString()).sub : null;
}

/** Whether no part of a version is before the other's. */
function isAfter(one, other) {
  const time = ({ ts }) => Buffer.from(ts, "base64").readBigUInt64LE();
  return one.querySet >= other.querySet && one.identity >= other.identity && time(one) >= time(other);
}
