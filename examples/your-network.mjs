// A network from PyTorch: export it by torch.onnx.export(network.eval(), images, "network.onnx", dynamic_shapes=...), as in
// test/onnx/export_networks.py, then run: node examples/your-network.mjs network.onnx
import { constant, loadMnist, loadOnnxClassifier, smooth } from "idrs";

const file = process.argv[2] ?? `${import.meta.dirname}/../test/onnx/dynamo.onnx`;
const images = await loadMnist("test");
const classifier = await loadOnnxClassifier(file, images); // if it expects normalized inputs: { normalization: { mean: [0.13], std: [0.31] } }
console.log(`${file}: ${classifier.classCount} classes`);
const g = smooth(classifier, constant(0.25));
const { rows } = await g.certifyDataset(images, { indices: [0, 1, 2, 3], n: 1000 });
for (const { index, label, predicted, radius } of rows) console.log({ index, label, predicted, radius });
await classifier.close();
