// Your own images: node examples/your-data.mjs PATH, a folder with one subfolder per class, .npz, .npy or .parquet.
import { constant, functionClassifier, loadImages, smooth } from "idrs";

const path = process.argv[2] ?? `${import.meta.dirname}/../test/datasets/fixtures/images.npz`;
const images = await loadImages(path);
const { name, count, channels, height, width, classNames } = images;
console.log(`${name}: ${count} images, ${channels} × ${height} × ${width}, classes ${classNames.join(", ")}`);

// Any function of an image is a base classifier: this one asks whether the image is bright.
const classifier = functionClassifier({
  name: "bright",
  dimension: images.dimension,
  classCount: classNames.length,
  classOf: (x) => (x.reduce((sum, value) => sum + value, 0) > 0.5 * x.length ? 1 : 0),
});
const { rows } = await smooth(classifier, constant(0.25)).certifyDataset(images, { every: 1, n: 1000 });
for (const { index, predicted, radius } of rows) console.log({ index, class: classNames[predicted], radius });
