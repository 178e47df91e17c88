// Each of the released clients shows a change that another one makes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BaseConvexClient } from "convex/browser";
import { ConvexReactClient } from "convex/react";
import { anyApi as api } from "convex/server";
import { WebSocket } from "ws";
import { signedIn, token, url } from "../backend.mjs";
import { live, somebody, watch } from "./people.mjs";
import { until } from "./until.mjs";

const options = { webSocketConstructor: WebSocket, logger: false, unsavedChangesWarning: false };

/** Clients by name: what they show of `projects:get`, and how they create a project. */
const CLIENTS = {
  ConvexClient(t, subject) {
    const client = live(t, { subject });
    const projects = watch(client, api.projects.get);
    return { shown: () => projects.latest, create: (name) => client.mutation(api.projects.create, { name }) };
  },
  BaseConvexClient(t, subject) {
    const client = new BaseConvexClient(url, () => {}, options);
    t.after(() => client.close());
    client.setAuth(() => token(subject), () => {});
    const { queryToken } = client.subscribe("projects:get", {});
    return {
      shown: () => client.localQueryResultByToken(queryToken),
      create: (name) => client.mutation("projects:create", { name }),
    };
  },
  ConvexReactClient(t, subject) {
    const client = new ConvexReactClient(url, options);
    t.after(() => client.close());
    client.setAuth(() => token(subject));
    const projects = client.watchQuery(api.projects.get, {});
    t.after(projects.onUpdate(() => {}));
    return { shown: () => projects.localQueryResult(), create: (name) => client.mutation(api.projects.create, { name }) };
  },
};

const names = (projects) => projects?.map((project) => project.name).join();

for (const [name, make] of Object.entries(CLIENTS)) {
  test(`${name} shows its own changes and those of others`, async (t) => {
    const subject = somebody();
    const { shown, create } = make(t, subject);
    await until(() => names(shown()) === "", "an empty list");
    await create("own");
    assert.equal(names(shown()), "own");
    await (await signedIn(subject)).mutation("projects:create", { name: "other" });
    await until(() => names(shown()) === "other,own", "the other's");
  });
}
