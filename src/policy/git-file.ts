/** A file as a revision of a git repository has it. The only module that runs git, which opens no connection for it. */
import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, posix, relative, resolve, sep } from "node:path";
import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { Source } from "../source/source.ts";
import { whatIs } from "./document.ts";

/**
 * The file's text at the revision; its name is `revision:path`, the path from the working directory.
 *
 * @throws DiagnosticError `wrong-use`, `no-git`, `no-repository`, `unknown-revision`, `unreadable-file`, `git-failed`
 */
export function gitSource(revision: string, path: string): Source {
  checkArguments(revision, path);
  const absolute = resolve(path);
  const fromHere = relative(process.cwd(), absolute);
  const shown = fromHere.startsWith("..") || isAbsolute(fromHere) ? absolute : slashes(fromHere);
  const git = new Git(nearestFolder(dirname(absolute)));
  const tree = git.ask("rev-parse", "--verify", "--quiet", `${revision}^{tree}`);
  if (tree === undefined) return refuseRevision(git, revision);
  const file = `${tree.trim()}:./${slashes(relative(git.folder, absolute))}`;
  const kind = git.ask("cat-file", "-t", file)?.trim();
  if (kind !== "blob") return refusePath(git, revision, tree.trim(), absolute, kind);
  const text = git.ask("cat-file", "blob", file) ?? git.failed();
  return new Source(`${revision}:${shown}`, text);
}

function checkArguments(revision: unknown, path: unknown): void {
  const like = 'as in `policyAt("main", "policies/key.json")`';
  if (typeof revision !== "string")
    refuse("wrong-use", `a revision is a text, not ${whatIs(revision)}`, { help: like });
  if (typeof path !== "string") refuse("wrong-use", `a path is a text, not ${whatIs(path)}`, { help: like });
  if (path === "" || (path as string).includes("\0"))
    refuse("wrong-use", `${quoted(path as string)} is not the path of a file`, { help: like });
  const name = revision as string;
  if (name.includes(":"))
    refuse("wrong-use", `${quoted(name)} is not a revision: the path is said beside it`, { help: like });
  // What begins so is an option, or says which commits to leave out.
  if (name.trim() === "" || /^[-^]|[\0\n]/.test(name))
    refuse("wrong-use", `${quoted(name)} is not a revision`, {
      help: "it is the name of a branch or a tag, or the hash of a commit, as in `main`, `v1.2` or `HEAD~1`",
    });
}

const slashes = (path: string): string => path.split(sep).join("/");

/** Where git is asked: the repository is that of the file, whatever the working directory; its folder may be gone. */
function nearestFolder(folder: string): string {
  const above = dirname(folder);
  if (above === folder || (existsSync(folder) && statSync(folder).isDirectory())) return folder;
  return nearestFolder(above);
}

/** Said by a hook of the repository in which the tests run, for git commands in its own folder. */
const OF_HOOKS = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

class Git {
  private said = "";

  constructor(readonly folder: string) {}

  /** What the command prints; undefined where it ends with an error that is an answer. */
  ask(...args: readonly string[]): string | undefined {
    // A partial clone would fetch what it lacks: no transport is allowed.
    const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_ALLOW_PROTOCOL: "none", GIT_NO_LAZY_FETCH: "1" };
    for (const name of OF_HOOKS) delete env[name];
    try {
      // Loaded here: it would be a tenth of what importing the package costs.
      return process.getBuiltinModule("node:child_process").execFileSync("git", args, {
        cwd: this.folder,
        env,
        encoding: "utf8",
        maxBuffer: 1 << 28,
        stdio: ["ignore", "pipe", "pipe"],
      });
    } catch (error) {
      const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
      if (code === "ENOENT")
        return refuse("no-git", "git could not be started", { help: "install it, or put it on the `PATH`" });
      if (stderr === undefined) throw error;
      this.said = stderr.trim();
      if (/not a git repository/.test(this.said))
        return refuse("no-repository", `${quoted(this.folder, 200)} is not in a git repository`, {
          help: "the repository is the one that holds the file",
        });
      const unsafe = /git config --global --add safe\.directory .*/.exec(this.said)?.[0];
      if (unsafe)
        return refuse("git-failed", "git does not read this repository, because somebody else owns its folder", {
          help: `if you trust it: \`${unsafe}\``,
        });
      if (/transport '\w+' not allowed|lazy fetching disabled|promisor/.test(this.said))
        return refuse("git-failed", "this is a partial clone, which lacks the content of that file", {
          help: "fetch it first: `git show` with the same revision and path does",
        });
      return undefined;
    }
  }

  lines(...args: readonly string[]): string[] {
    return (this.ask(...args) ?? "").split(/[\n\0]/).filter((line) => line !== "");
  }

  failed(): never {
    return refuse("git-failed", `git could not read it: ${this.said.split("\n")[0] ?? ""}`);
  }
}

function refuseRevision(git: Git, revision: string): never {
  const names = git.lines("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes");
  const near = nearest(revision, names);
  const fetch = fetching(git, revision);
  const known = names.find((name) => name.endsWith(`/${revision}`));
  const meant = known ?? near;
  const help =
    meant === undefined
      ? fetch && `fetch it first: \`${fetch}\``
      : known === undefined && fetch
        ? `did you mean \`${meant}\`? else fetch it first: \`${fetch}\``
        : `did you mean \`${meant}\`?`;
  return refuse("unknown-revision", `${quoted(revision)} is no revision that this clone has`, {
    help: help ?? "`git branch --all` and `git tag` list those that it has",
    note: isShallow(git) ? "the clone is shallow: it has a part of the history" : undefined,
  });
}

const isShallow = (git: Git): boolean => git.ask("rev-parse", "--is-shallow-repository")?.trim() === "true";

/** The command that brings the revision, where a remote may have it. */
function fetching(git: Git, revision: string): string | undefined {
  const remotes = git.lines("remote");
  const remote = remotes.find((name) => revision.startsWith(`${name}/`)) ?? remotes[0];
  if (remote === undefined) return undefined;
  const depth = isShallow(git) ? " --depth=1" : "";
  if (/^[0-9a-f]{40}$/.test(revision)) return `git fetch${depth} ${remote} ${revision}`;
  const [name = ""] = revision.split(/[~^@]/);
  const known = name === "" || git.ask("rev-parse", "--verify", "--quiet", name) !== undefined;
  // What it is reckoned from is there, or it is the beginning of a hash: the rest of the history is missing.
  if (known || /^[0-9a-f]{7,39}$/.test(name)) return depth ? `git fetch --unshallow ${remote}` : undefined;
  if (!/^[\w][\w./-]*$/.test(name)) return undefined;
  const deep = name === revision ? depth : "";
  return name.startsWith(`${remote}/`)
    ? `git fetch${deep} ${remote} ${name.slice(remote.length + 1)}:refs/remotes/${name}`
    : `git fetch${deep} ${remote} ${name}:${name}`;
}

function refusePath(git: Git, revision: string, tree: string, absolute: string, kind: string | undefined): never {
  const shown = quoted(slashes(relative(process.cwd(), absolute)) || ".", 200);
  if (kind !== undefined)
    return refuse("unreadable-file", `${shown} is a ${kind === "tree" ? "folder" : kind} at ${quoted(revision)}`);
  const prefix = git.ask("rev-parse", "--show-prefix");
  if (prefix === undefined) return git.failed();
  const inRoot = (path: string) => posix.normalize(`${prefix.trim()}${slashes(relative(git.folder, path))}`);
  const wanted = inRoot(absolute);
  const here = inRoot(`${process.cwd()}${sep}.`);
  const names = git.lines("ls-tree", "-r", "-z", "--name-only", "--full-tree", tree);
  const isNew = existsSync(absolute);
  const alike = names.filter((name) => posix.basename(name) === posix.basename(wanted));
  const near = (isNew ? undefined : nearest(wanted, names)) ?? (alike.length === 1 ? alike[0] : undefined);
  return refuse("unreadable-file", `there is no ${shown} at ${quoted(revision)}`, {
    help: near === undefined ? undefined : `did you mean \`${posix.relative(here, near)}\`?`,
    note: isNew
      ? `the file is there now: it is new since ${quoted(revision)}, or not committed`
      : `paths start at the working directory, ${process.cwd()}`,
  });
}
