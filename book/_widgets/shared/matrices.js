// Small matrices for the widgets of chapter 05: arrays of rows, drawn from a seed.
// book/tests/test_matrices.py holds them to NumPy; draws.py beside it is the generator's
// twin in Python, so that a seed gives the same matrix in the page and in a test.
ThroughTime.matrices = (() => {
  // Uniform numbers strictly between 0 and 1: a counter that is stirred (mulberry32).
  function uniforms(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let z = Math.imul(state ^ (state >>> 15), state | 1);
      z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
      return (((z ^ (z >>> 14)) >>> 0) + 0.5) / 2 ** 32;
    };
  }

  // Standard normal numbers, by Box and Muller's cosine.
  function normals(seed) {
    const next = uniforms(seed);
    return () => {
      const radius = Math.sqrt(-2 * Math.log(next()));
      return radius * Math.cos(2 * Math.PI * next());
    };
  }

  const vector = (n, next) => Array.from({ length: n }, () => next());
  const matrix = (n, next) => Array.from({ length: n }, () => vector(n, next));
  const make = (n, entry) => matrix(n, () => 0).map((row, i) => row.map((_, j) => entry(i, j)));
  const identity = (n) => make(n, (i, j) => (i === j ? 1 : 0));
  const scale = (A, c) => A.map((row) => row.map((a) => a * c));
  const add = (A, B) => A.map((row, i) => row.map((a, j) => a + B[i][j]));
  const transpose = (A) => A[0].map((_, j) => A.map((row) => row[j]));
  const norm = (v) => Math.hypot(...v);
  function dot(u, v) {
    let sum = 0;
    for (let j = 0; j < u.length; j++) sum += u[j] * v[j];
    return sum;
  }
  const times = (A, v) => A.map((row) => dot(row, v));
  function product(A, B) {
    const columns = transpose(B);
    return A.map((row) => columns.map((column) => dot(row, column)));
  }

  // Gram and Schmidt on a Gaussian's columns, twice against rounding: each orthogonal
  // matrix is as likely as any other.
  function orthogonal(n, next) {
    const done = [];
    for (let v of transpose(matrix(n, next))) {
      for (const q of [...done, ...done]) {
        const part = dot(q, v);
        v = v.map((x, i) => x - part * q[i]);
      }
      done.push(scale([v], 1 / norm(v))[0]);
    }
    return transpose(done);
  }

  // H becomes P H P inside rows and columns low to high, where the reflection P turns x,
  // which stands in rows `at` and below, onto its first axis.
  function reflect(H, x, at, low, high) {
    const v = [...x];
    v[0] += (v[0] < 0 ? -1 : 1) * norm(x);
    const square = dot(v, v);
    if (square === 0) return;
    for (let j = low; j <= high; j++) {
      let part = 0;
      for (let i = 0; i < v.length; i++) part += v[i] * H[at + i][j];
      for (let i = 0; i < v.length; i++) H[at + i][j] -= (2 * part * v[i]) / square;
    }
    for (let i = low; i <= high; i++) {
      let part = 0;
      for (let j = 0; j < v.length; j++) part += v[j] * H[i][at + j];
      for (let j = 0; j < v.length; j++) H[i][at + j] -= (2 * part * v[j]) / square;
    }
  }

  // A matrix with A's eigenvalues and zeros below its first subdiagonal.
  function hessenberg(A) {
    const [H, n] = [A.map((row) => [...row]), A.length];
    for (let k = 0; k < n - 2; k++) {
      reflect(
        H,
        H.slice(k + 1).map((row) => row[k]),
        k + 1,
        0,
        n - 1,
      );
      for (let i = k + 2; i < n; i++) H[i][k] = 0;
    }
    return H;
  }

  // One step of QR with two shifts at once, so that all stays real (Francis, 1961).
  function sweep(H, low, high, tried) {
    const [l, m] = [high - 1, high];
    let trace = H[l][l] + H[m][m];
    let det = H[l][l] * H[m][m] - H[l][m] * H[m][l];
    if (tried % 10 === 9) {
      // No progress, as with a permutation: other shifts break the circle.
      const size = Math.abs(H[m][l]) + Math.abs(H[l][l - 1]);
      [trace, det] = [1.5 * size, size * size];
    }
    const [a, b] = [H[low].slice(low), H[low + 1].slice(low)];
    let x = [
      a[0] * a[0] + a[1] * b[0] - trace * a[0] + det,
      b[0] * (a[0] + b[1] - trace),
      b[0] * H[low + 2][low + 1],
    ];
    for (let k = low; k < high; k++) {
      if (k > low) x = H.slice(k, Math.min(k + 3, high + 1)).map((row) => row[k - 1]);
      reflect(H, x, k, low, high);
      if (k > low) for (let i = k + 1; i < k + x.length; i++) H[i][k - 1] = 0;
    }
  }

  // Both eigenvalues of [[a, b], [c, d]], as [real, imaginary].
  function pair(a, b, c, d) {
    const [half, det] = [(a + d) / 2, a * d - b * c];
    const square = ((a - d) / 2) ** 2 + b * c;
    if (square < 0) return [1, -1].map((sign) => [half, sign * Math.sqrt(-square)]);
    const large = half + (half < 0 ? -1 : 1) * Math.sqrt(square);
    return [
      [large, 0],
      [large === 0 ? 0 : det / large, 0],
    ];
  }

  // All eigenvalues, as [real, imaginary].
  function eigenvalues(A) {
    const size = Math.max(...A.map((row) => Math.max(...row.map(Math.abs))));
    if (size === 0 || !Number.isFinite(size)) return A.map(() => [size && NaN, 0]);
    const [H, values] = [hessenberg(scale(A, 1 / size)), []];
    let [high, tried] = [A.length - 1, 0];
    while (high >= 0) {
      let low = high;
      while (low > 0 && Math.abs(H[low][low - 1]) > A.length * Number.EPSILON) low--;
      if (high - low > 1) {
        if (tried === 200) throw new Error("the eigenvalues do not settle");
        sweep(H, low, high, tried++);
        continue;
      }
      tried = 0;
      const [l, m] = [low, high];
      if (l === m) values.push([H[m][m], 0]);
      else values.push(...pair(H[l][l], H[l][m], H[m][l], H[m][m]));
      high = low - 1;
    }
    return values.map((value) => value.map((part) => part * size));
  }

  const radius = (A) => Math.max(...eigenvalues(A).map(norm));

  // The largest singular value, from the eigenvalues of AᵀA.
  function spectralNorm(A) {
    const size = Math.max(...A.map((row) => Math.max(...row.map(Math.abs))));
    if (size === 0 || !Number.isFinite(size)) return size;
    const B = scale(A, 1 / size);
    return size * Math.sqrt(radius(product(transpose(B), B)));
  }

  return {
    uniforms,
    normals,
    vector,
    matrix,
    make,
    identity,
    scale,
    add,
    transpose,
    norm,
    dot,
    times,
    product,
    orthogonal,
    eigenvalues,
    radius,
    spectralNorm,
  };
})();
