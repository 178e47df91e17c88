// PyPI's client calls itself a new session on every connection, so a mutation that it sends again is another one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { signedIn, token } from "../backend.mjs";
import { conversation, project, somebody } from "./people.mjs";
import { Relay } from "./relay.mjs";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** Call a mutation over a connection that is cut when its first response is on its way. */
async function callOverACut(t, subject, mutation, args) {
  const relay = await Relay.open(t);
  let isCut = false;
  relay.intercept = ({ link, message }) => {
    if (isCut || message.type !== "MutationResponse") return true;
    isCut = true;
    link.cut();
    return false;
  };
  const options = ["-m", "tests.e2e.live.caller", relay.url, await token(subject), mutation, JSON.stringify(args)];
  const { stdout } = await promisify(execFile)(process.env.POLARIS_PYTHON, options, { cwd: ROOT });
  const sessions = relay.sent("client", "Connect").map(({ sessionId }) => sessionId);
  assert.equal(new Set(sessions).size, 2);
  assert.deepEqual(relay.sent("client", "Mutation").map(({ requestId }) => requestId), [0, 0]);
  return JSON.parse(stdout);
}

suite("PyPI's client", { concurrency: true }, () => {
  test("a mutation of PyPI's client whose response is lost happens again, at least once and not exactly once", async (t) => {
    const subject = somebody();
    const { conversationId, saying } = await conversation(subject);
    const id = await callOverACut(t, subject, "system:createMessage", saying("again"));
    const messages = await (await signedIn(subject)).query("conversations:getMessages", { conversationId });
    assert.deepEqual(messages.map(({ content }) => content), ["again", "again"]);
    assert.equal(messages[1]._id, id);
  });

  test("a mutation of PyPI's client that names what it makes happens once, and is told so the second time", async (t) => {
    const subject = somebody();
    const projectId = await project(subject);
    const refusal = await callOverACut(t, subject, "files:createFile", { projectId, name: "own.txt", content: "" });
    assert.equal(refusal.code, "CONFLICT");
    const files = await (await signedIn(subject)).query("files:getFiles", { projectId });
    assert.deepEqual(files.map(({ name }) => name), ["own.txt"]);
  });
});
