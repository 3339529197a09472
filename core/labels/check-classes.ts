/** Compares the classes of labels with those of a model, which must mean the same by the same number. */

import { Failure } from '../base/failure.ts';
import type { GroundTruth } from './ground-truth.ts';

const normalised = (name: string) => name.trim().toLowerCase();

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown}, ...` : shown;
}

/** Names that exporters put where a model has none: `class 3`, `class3`, `3`. */
function isPlaceholder(name: string, index: number): boolean {
  return new RegExp(`^(class[ _]?)?${index}$`).test(normalised(name));
}

/**
 * Warnings where single names differ. Throws `bad-input` when the numbers of classes differ, or when the names are
 * the same in another order: in both cases class i of one is not class i of the other and accuracy would mean nothing.
 */
export function checkClasses(groundTruth: GroundTruth, modelClassNames: readonly string[]): string[] {
  const { classes } = groundTruth;
  if (classes.length !== modelClassNames.length) {
    throw new Failure(
      'bad-input',
      `The labels have ${classes.length} classes (${listed(classes)}) but the model has ${modelClassNames.length} (${listed(modelClassNames)}).`,
      'Give the labels that the model was trained for, with all of its classes in its order.',
    );
  }
  const pairs = classes.map((label, index) => ({ label, model: modelClassNames[index] ?? '', index }));
  const differing = pairs.filter(
    ({ label, model, index }) => normalised(label) !== normalised(model) && !isPlaceholder(model, index),
  );
  const [first] = differing;
  if (first === undefined) return [];
  const ofModel = new Set(modelClassNames.map(normalised));
  if (ofModel.size === classes.length && classes.every((name) => ofModel.has(normalised(name)))) {
    throw new Failure(
      'bad-input',
      `The labels have the model's classes in another order: class ${first.index} is ${first.label} in the labels and ${first.model} in the model.`,
      'Number the classes of the labels as the model does.',
    );
  }
  const more = differing.length > 1 ? ` (and ${differing.length - 1} more)` : '';
  return [
    `Class ${first.index} is called ${first.label} in the labels and ${first.model} in the model${more}; they are compared by number.`,
  ];
}
