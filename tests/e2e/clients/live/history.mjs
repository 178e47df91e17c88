// Steps of a generation, written at times of one's choice and removed again, which no function of the product does.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

export class History {
  #process = spawn(process.env.POLARIS_PYTHON, ["-m", "tests.e2e.live.history"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  #answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();

  /** Make changes to a project's steps in one commit: each is `{insert: createdAt}` or `{delete: id}`. */
  async rewrite(project, ...changes) {
    this.#process.stdin.write(`${JSON.stringify({ project, changes })}\n`);
    if ((await this.#answers.next()).done) throw new Error("The steps could not be changed; see above");
  }

  end() {
    this.#process.stdin.end();
  }
}
