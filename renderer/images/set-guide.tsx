/** What makes a good set of each kind, told while there is none. */

import styles from './set-guide.module.css';

export function SetGuide() {
  return (
    <div className={styles.guide}>
      <section>
        <h2 className={styles.title}>A good calibration set</h2>
        <ul>
          <li>
            Has 100 to 500 images. Of many thousands, Engine Room picks a representative sample for you.
          </li>
          <li>Comes from where the detector will work: its light, its distances, its kinds of object.</li>
          <li>Shows empty scenes too, as often as they occur.</li>
          <li>Needs no labels.</li>
        </ul>
      </section>
      <section>
        <h2 className={styles.title}>A good validation set</h2>
        <ul>
          <li>Was not used in training.</li>
          <li>Has labels: a COCO file, a data.yaml, or a folder of YOLO or Pascal VOC files.</li>
          <li>Has some dozens of boxes of each class; with fewer, a single box moves the figures.</li>
          <li>Without labels it still tells which boxes a precision loses against FP32.</li>
        </ul>
      </section>
      <p className={styles.formats}>
        Folders are read with everything below them: JPEG, PNG, WebP, BMP and TIFF. A text file with one path
        on each line will do as well. Nothing is copied or changed.
      </p>
    </div>
  );
}
