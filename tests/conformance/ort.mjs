// node ort.mjs FOLDER...: each holds model.onnx, what build/conformance/analog wrote for it, and what
// that printed as `lines`. Runs the same inputs through onnxruntime-web and prints, for each folder,
// "FOLDER same|differs|fails" and how far apart the outputs are, or why onnxruntime does not run it.
import fs from "node:fs";
import path from "node:path";
import * as ort from "onnxruntime-web";

const LIMIT = 1e-4; // of the largest absolute value that onnxruntime gives
const ARRAYS = { float32: Float32Array, float64: Float64Array };
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

function readFloats(file) {
  const b = fs.readFileSync(file);
  return new Float32Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength));
}

function readLines(folder) {
  const all = { input: [], output: [] };
  for (const line of fs.readFileSync(path.join(folder, "lines"), "utf8").split("\n")) {
    const match = /^(input|output) ([\d,]*) (.*)$/.exec(line);
    if (!match) continue;
    const list = all[match[1]];
    const dims = match[2] === "" ? [] : match[2].split(",").map(Number);
    list.push({ name: match[3], dims, values: readFloats(path.join(folder, `${match[1]}-${list.length}`)) });
  }
  return all;
}

// The inputs of the session: ours by name; zeros for one that no output depends on.
function feedsOf(session, inputs) {
  const feeds = {};
  for (const meta of session.inputMetadata) {
    const ours = inputs.find((i) => i.name === meta.name);
    const dims = ours ? ours.dims : meta.shape.map((d) => (typeof d === "number" ? d : 1));
    const size = dims.reduce((a, b) => a * b, 1);
    const Values = ARRAYS[meta.type];
    if (!Values) throw new Error(`input ${meta.name} is of type ${meta.type}`);
    feeds[meta.name] = new ort.Tensor(meta.type, Values.from(ours ? ours.values : new Float32Array(size)), dims);
  }
  return feeds;
}

// Largest difference of an output over the largest value of it.
function distance(got, want) {
  if (got.length !== want.length) throw new Error(`${got.length} values instead of ${want.length}`);
  let apart = 0;
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    apart = Math.max(apart, Number.isNaN(got[i]) ? Infinity : Math.abs(got[i] - Number(want[i])));
    largest = Math.max(largest, Math.abs(Number(want[i])));
  }
  return apart === 0 ? 0 : apart / largest;
}

async function compare(folder) {
  const ours = readLines(folder);
  const externalData = fs
    .readdirSync(folder)
    .filter((f) => f.endsWith(".onnx.data"))
    .map((f) => ({ path: f, data: fs.readFileSync(path.join(folder, f)) }));
  const session = await ort.InferenceSession.create(fs.readFileSync(path.join(folder, "model.onnx")), {
    executionProviders: ["wasm"],
    logSeverityLevel: 3,
    graphOptimizationLevel: "disabled", // fusing quantized operators changes what they compute
    externalData,
  });
  const results = await session.run(feedsOf(session, ours.input));
  let worst = 0;
  session.outputNames.forEach((name, k) => {
    worst = Math.max(worst, distance(ours.output[k].values, results[name].data));
  });
  return worst;
}

for (const folder of process.argv.slice(2)) {
  const name = path.basename(folder);
  try {
    const worst = await compare(folder);
    console.log(`${name} ${worst > LIMIT ? "differs" : "same"} ${worst.toExponential(1)}`);
  } catch (e) {
    console.log(`${name} fails ${String(e.message ?? e).split("\n")[0]}`);
  }
}
