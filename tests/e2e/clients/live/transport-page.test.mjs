// A React page with the transport, in a browser: what its own WebSocket does with large messages.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { signedIn, token } from "../backend.mjs";
import { openBrowser, servePage } from "./browser.mjs";
import { project, somebody } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { until } from "./until.mjs";

const [browser, page] = await Promise.all([openBrowser({ after }), servePage({ after }, "transport.jsx")]);

const KB = 1024;
const LINE = 'const π = "😀";\t// \\ é漢\n';
const contentOf = (bytes) => LINE.repeat(Math.floor(bytes / Buffer.byteLength(LINE)));

/** A tab with a file of its own, connected through a relay. */
async function open(t) {
  const subject = somebody();
  const projectId = await project(subject);
  const http = await signedIn(subject);
  const fileId = await http.mutation("files:createFile", { projectId, name: "notes", content: "" });
  const relay = await Relay.open(t);
  const tab = await browser.newPage();
  t.after(() => tab.close());
  tab.errors = [];
  tab.on("pageerror", (error) => tab.errors.push(error));
  await tab.goto(`${page}?${new URLSearchParams({ url: relay.url, token: await token(subject), projectId, fileId })}`);
  await shows(tab, "ul", "notes");
  return {
    tab,
    relay,
    save: (content) => tab.evaluate((text) => window.save(text), content),
    stored: async () => (await http.query("files:getFile", { id: fileId })).content,
    createElsewhere: (name) => http.mutation("files:createFile", { projectId, name, content: "" }),
    retries: () => tab.evaluate(() => window.convex.connectionState().connectionRetries),
  };
}

const shows = (tab, selector, text) =>
  tab.waitForFunction(([where, wanted]) => document.querySelector(where)?.textContent === wanted, [selector, text], { polling: 20, timeout: 90_000 });

for (const size of [40, 200, 900]) {
  test(`${size} KB are saved from a page, and what it watches stays live`, async (t) => {
    const { tab, relay, save, stored, createElsewhere } = await open(t);
    const content = contentOf(size * KB);
    await save(content);
    await shows(tab, "#size", `${content.length}`);
    await createElsewhere("meanwhile");
    await shows(tab, "output", "saved");
    await shows(tab, "ul", "notesmeanwhile");
    assert.equal(await stored(), content);
    assert.equal(await tab.evaluate(() => window.file.content), content);
    assert.equal(relay.links.length, 1);
    assert.ok(Math.max(...relay.frames.filter(({ from }) => from === "client").map(({ bytes }) => bytes)) <= 24 * KB);
    assert.deepEqual(tab.errors, []);
  });
}

test("a page whose connection is cut within a large message saves it once it is connected again", async (t) => {
  const { tab, relay, save, stored, retries } = await open(t);
  relay.intercept = ({ from, message, link }) => {
    if (from !== "client" || message.left !== 4) return true;
    relay.intercept = () => true;
    link.cut();
    return false;
  };
  const content = contentOf(200 * KB);
  await save(content);
  await shows(tab, "output", "saved");
  assert.equal(await stored(), content);
  assert.equal(relay.links.length, 2);
  await until(() => relay.sent("server", "MutationResponse").length === 1, "one answer");
  assert.equal(await retries(), 0);
  assert.deepEqual(tab.errors, []);
});
