// The error of a network with one unit, whose surface has a cliff, and descents on it;
// book/tests/test_cliff.py holds both to throughtime.spectrum.
ThroughTime.surface = (() => {
  const [T, H_0, TARGET] = [50, 0.5, 0.7];

  const sigmoid = (h) => 1 / (1 + Math.exp(-h));

  // h_t = w σ(h_{t−1}) + b, the error (σ(h_T) − target)², and its exact gradient.
  function error(w, b) {
    let [h, dh_dw, dh_db] = [H_0, 0, 0];
    for (let t = 1; t <= T; t++) {
      const y = sigmoid(h);
      const slope = w * y * (1 - y);
      dh_dw = y + slope * dh_dw;
      dh_db = 1 + slope * dh_db;
      h = w * y + b;
    }
    const y = sigmoid(h);
    const dE_dh = 2 * (y - TARGET) * y * (1 - y);
    return { E: (y - TARGET) ** 2, dw: dE_dh * dh_dw, db: dE_dh * dh_db };
  }

  // The points of a descent, with the gradient's norm before clipping.
  function descend({ w, b, rate }, threshold, steps) {
    const points = [];
    for (let step = 0; step <= steps; step++) {
      const { E, dw, db } = error(w, b);
      const norm = Math.hypot(dw, db);
      points.push({ w, b, E, norm });
      const factor = norm > threshold ? threshold / norm : 1;
      [w, b] = [w - rate * factor * dw, b - rate * factor * db];
    }
    return points;
  }

  return { error, descend };
})();
