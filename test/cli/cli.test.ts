import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundledCommand } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "iam-expect-cli-"));
const command = bundledCommand();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], input = "") {
  const { stdout, stderr, status } = spawnSync(process.execPath, [command, ...args], {
    input,
    encoding: "utf8",
  });
  return { lines: stdout.split("\n").filter(Boolean), stdout, stderr, status };
}

const allow = {
  Version: "2012-10-17",
  Statement: { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" },
};
const item = (id: string, more: object = {}) => ({
  id,
  request: {
    principal: "arn:aws:iam::111122223333:user/bob",
    action: "s3:GetObject",
    resource: "arn:aws:s3:::b/k",
    resourceAccount: "111122223333",
  },
  policies: { identity: [{ name: "reader", document: allow }] },
  ...more,
});
const lines = (...items: unknown[]) => items.map((one) => JSON.stringify(one)).join("\n");

describe("decide", () => {
  test("answers each case on a line, in order", () => {
    const { lines: answers, status } = run(
      ["decide", "-"],
      lines(item("a", { expect: { outcome: "allowed" } }), item("b")),
    );
    const statements = [{ policy: "reader", index: 0, sid: "Read" }];
    const rest = { outcome: "allowed", statements, openKeys: [], openPolicies: [], unverified: [] };
    expect(answers.map((line) => JSON.parse(line))).toEqual([
      { id: "a", ...rest },
      { id: "b", ...rest },
    ]);
    expect(status).toBe(0);
  });

  test("ends with 1 when a case came out otherwise, and says which", () => {
    const { stderr, status } = run(
      ["decide", "-"],
      lines(item("a"), item("b", { expect: { outcome: "implicitDeny" } })),
    );
    expect(stderr).toBe("b: expected implicitDeny, got allowed\n");
    expect(status).toBe(1);
  });

  test("a statement that did not decide is a case that came out otherwise", () => {
    const wanted = item("a", { expect: { outcome: "allowed", statements: [{ sid: "Write" }] } });
    expect(run(["decide", "-"], lines(wanted)).status).toBe(1);
  });

  test("ends with 2 when a case is refused that should not be, with the place of what is wrong", () => {
    const unknown = {
      id: "x",
      request: { principal: "arn:aws:iam::111122223333:user/bob", action: "s3:GetObject", resorce: "*" },
    };
    const { lines: answers, status } = run(["decide", "-"], `${lines(item("a"))}\n${lines(unknown)}`);
    const { error } = JSON.parse(answers[1]!);
    expect(error.code).toBe("invalid-case");
    expect(error.message.split("\n").slice(0, 2)).toEqual([
      "error[invalid-case] <stdin>:2:95",
      "  `resorce` is not a part of `request`",
    ]);
    expect(error.message).toContain("help: did you mean `resource`?");
    expect(status).toBe(2);
  });

  test("2 wins over 1, and the cases after a refused one are decided", () => {
    const { lines: answers, status } = run(
      ["decide", "-"],
      lines(item("a", { expect: { outcome: "implicitDeny" } }), { id: "b" }, item("c")),
    );
    expect(answers.map((line) => JSON.parse(line).outcome)).toEqual(["allowed", undefined, "allowed"]);
    expect(status).toBe(2);
  });

  test("no case is nothing checked: 2", () => {
    writeFileSync(join(folder, "empty.json"), "[]");
    const refused = (name: string) => ({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining(`there is no case in ${name}`),
    });
    expect(run(["decide", "-"], "")).toMatchObject(refused("standard input"));
    expect(run(["decide", join(folder, "empty.json")])).toMatchObject(refused(join(folder, "empty.json")));
  });

  test("an expected refusal is met by its code alone", () => {
    const broken = { ...allow, Statement: { ...allow.Statement, Effect: "allow" } };
    const refused = (code: string) => item("a", { policies: { identity: [broken] }, expect: { error: code } });
    expect(run(["decide", "-"], lines(refused("wrong-value"))).status).toBe(0);
    expect(run(["decide", "-"], lines(refused("wrong-type"))).status).toBe(2);
    expect(run(["decide", "-"], lines(item("a", { expect: { error: "wrong-value" } }))).status).toBe(1);
  });

  test("files hold one case or a list; a missing file is told", () => {
    writeFileSync(join(folder, "one.json"), JSON.stringify(item("one")));
    writeFileSync(join(folder, "list.json"), JSON.stringify([item("two"), item("three")]));
    const {
      lines: answers,
      status,
      stderr,
    } = run(["decide", join(folder, "one.json"), join(folder, "list.json"), join(folder, "none.json")]);
    expect(answers.map((line) => JSON.parse(line).id)).toEqual(["one", "two", "three"]);
    expect(stderr).toContain("none.json");
    expect(status).toBe(2);
  });
});

describe("explain", () => {
  test("tells what every statement did", () => {
    writeFileSync(join(folder, "case.json"), JSON.stringify(item("one")));
    const { stdout, status } = run(["explain", join(folder, "case.json"), "one"]);
    expect(stdout).toContain("outcome  allowed: the caller's identity policies allow it");
    expect(stdout).toContain('Allow "Read" applies');
    expect(status).toBe(0);
  });

  test("a case that is not there is told", () => {
    writeFileSync(join(folder, "case.json"), JSON.stringify(item("one")));
    expect(run(["explain", join(folder, "case.json"), "two"])).toMatchObject({
      status: 2,
      stderr: `${folder}/case.json holds no case two\n`,
    });
  });
});

test("help, and an unknown command", () => {
  expect(run(["--help"])).toMatchObject({ status: 0 });
  expect(run(["--help"]).stdout).toContain("iam-expect decide FILE...|-");
  expect(run(["decode", "x"])).toMatchObject({ status: 2, stdout: "" });
});
