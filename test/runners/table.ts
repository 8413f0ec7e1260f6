/** Prints runner × situation: `tsx test/runners/table.ts`. A number says how many tests, or scripts, were asserted on. */
import { type Column, type NotRun, runners } from "./columns.ts";

const columns: (Column | NotRun)[] = [];
for (const runner of runners) columns.push(await runner.run());

const situations = [...new Set(columns.flatMap((column) => ("cells" in column ? [...column.cells.keys()] : [])))];
const rows = situations.map((situation) => [
  situation,
  ...columns.map((column) => {
    if (!("cells" in column)) return "not run";
    const cell = column.cells.get(situation);
    if (!cell) return "";
    return cell.problems.length === 0 ? `ok ${String(cell.count).padStart(3)}` : "FAILS";
  }),
]);
const table = [["", ...columns.map(({ name }) => name)], ...rows];
const widths = table[0]?.map((_, index) => Math.max(...table.map((row) => row[index]?.length ?? 0))) ?? [];
for (const row of table)
  console.log(
    row
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );

for (const column of columns) {
  if (!("cells" in column)) console.log(`\n${column.name} was not run: ${column.reason}`);
  else
    for (const [situation, { problems }] of column.cells)
      if (problems.length > 0) {
        process.exitCode = 1;
        console.log(`\n${column.name}, ${situation}\n  ${problems.join("\n  ")}`);
      }
}
