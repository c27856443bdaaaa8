/* tests/diff/case.h -- one network of cases.c as generated C, for a workstation or a board. Prints
 * for each sample a hash of the spikes per layer and of the memory of the network. Included once
 * for each network, with CASE, SIZE, CASE_NUMBER, CASE_SAMPLES and CASE_MEMORY. C99. */

static void CASE(hash)(uint64_t *h, const CASE(state) * s) {
  static const struct { size_t at, bytes; } memory[2] = CASE_MEMORY;

  for (int i = 0; i < 2; i++)
    hash_bytes(h, (const unsigned char *)s + memory[i].at, memory[i].bytes);
}

static void CASE(test)(void) {
  static CASE(state) s;
  static CASE(output) y[SIZE(OUTPUT_SIZE)];

  for (int i = 0; i < CASE_SAMPLES; i++) {
    struct hash h = hash_new();
    CASE(reset)(&s);
    CASE(set_input)(&s, CASE(sample)[i]);
    for (int32_t t = 0; t < SIZE(STEPS); t++) {
      CASE(step)(&s);
      for (int l = 0; l < SIZE(LAYERS); l++)
        hash_word(&h.spikes, s.spikes[l]);
      CASE(hash)(&h.output, &s);
    }
    hash_word(&h.output, (uint32_t)CASE(run)(&s, CASE(sample)[i], y));
    CASE(hash)(&h.output, &s);
    hash_print(&h, CASE_NUMBER);
  }
}

#undef CASE
#undef SIZE
#undef CASE_NUMBER
#undef CASE_SAMPLES
#undef CASE_MEMORY
