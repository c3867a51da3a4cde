package dev.offload.provider.modal;

import dev.offload.api.sandbox.SandboxPrice;
import java.util.Locale;
import java.util.Map;

/// What Modal's sandboxes cost, as published in November 2026. Discounts, free credits and what is
/// used beyond the request are not considered.
final class ModalPrices {
  private static final String DATE = "November 2026";
  private static final double CORE_SECOND = 0.00003942;
  private static final double GIB_SECOND = 0.00000672;

  private static final Map<String, Double> GPU_SECOND =
      Map.ofEntries(
          Map.entry("B200", 0.001736),
          Map.entry("H200", 0.001261),
          Map.entry("H100", 0.001097),
          Map.entry("A100-80GB", 0.000694),
          Map.entry("A100-40GB", 0.000583),
          Map.entry("A100", 0.000583),
          Map.entry("L40S", 0.000542),
          Map.entry("A10", 0.000306),
          Map.entry("A10G", 0.000306),
          Map.entry("L4", 0.000222),
          Map.entry("T4", 0.000164));

  private ModalPrices() {}

  /// Return the price of one sandbox.
  static SandboxPrice of(ModalSettings settings) {
    double perSecond =
        settings.cpuCores() * CORE_SECOND + settings.memoryGib() * GIB_SECOND + gpu(settings.gpu());
    String basis =
        String.format(
            Locale.ROOT,
            "%s %s, %s GiB",
            plain(settings.cpuCores()),
            settings.cpuCores() == 1 ? "core" : "cores",
            plain(settings.memoryGib()));
    if (!settings.gpu().isEmpty()) {
      basis +=
          gpu(settings.gpu()) > 0 ? ", " + settings.gpu() : ", without its GPU " + settings.gpu();
    }
    return new SandboxPrice(perSecond, basis + "; Modal's prices of " + DATE);
  }

  /// A GPU is `KIND` or `KIND:COUNT`; one whose price is not known costs nothing here, and the
  /// basis says so.
  private static double gpu(String gpu) {
    int colon = gpu.indexOf(':');
    String kind = (colon < 0 ? gpu : gpu.substring(0, colon)).toUpperCase(Locale.ROOT);
    double each = GPU_SECOND.getOrDefault(kind.replace("!", ""), 0.0);
    try {
      return each * (colon < 0 ? 1 : Integer.parseInt(gpu, colon + 1, gpu.length(), 10));
    } catch (NumberFormatException _) {
      return each;
    }
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
