package dev.darkroom.worker.nebius;

/** How closely one model is to follow its prompts; written {@code stability-ai/sdxl=7.5}. */
record GuidanceScale(String model, double scale) {
  private static final double MOST = 100;

  GuidanceScale {
    if (model.isBlank() || !(scale >= 0 && scale <= MOST)) {
      throw new IllegalArgumentException(
          "should be a model and a number from 0 to 100, such as stability-ai/sdxl=7.5");
    }
  }

  /** Public, as Spring's conversion from a setting's text asks for it. */
  public static GuidanceScale valueOf(String text) {
    int sign = text.lastIndexOf('=');
    try {
      return new GuidanceScale(
          text.substring(0, Math.max(sign, 0)).strip(),
          Double.parseDouble(text.substring(sign + 1).strip()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "should be a model and a number from 0 to 100, such as stability-ai/sdxl=7.5", e);
    }
  }
}
