/// A setting that Postfix supports since some release.
package struct PostfixFeature: Sendable {
  /// `milter_default_action = shutdown`, which is also the default of each release that supports it.
  package static let shutdown = Self("3.7.20", "3.8.15", "3.9.9", "3.10.8", "3.11")
  /// Settings for one filter, in braces.
  package static let ownSettings = Self("3.0")
  /// `force_mime_input_conversion`.
  package static let forcedConversion = Self("3.9")
  /// `non_empty_end_of_header_action`.
  package static let endOfHeaderAction = Self("3.11")
  /// `REQUIRETLS` in MAIL, and `requiretls_esmtp_header`.
  package static let requireTLS = Self("3.11")
  /// `smtpd_reject_filter_maps`.
  package static let rejectFilter = Self("3.11")

  /// The first releases that support it, one for each series; the last one is the first of all later series.
  private let first: [MTAVersion]

  private init(_ first: MTAVersion...) { self.first = first }

  /// Whether a release supports it.
  package func isKnown(to version: MTAVersion) -> Bool {
    first.contains { $0.series == version.series && $0 <= version }
      || first.last.map { $0 <= version } ?? false
  }

  /// The first releases, as a text.
  package var releases: String {
    let texts = first.map(\.text)
    return texts.count < 2
      ? texts.joined() : texts.dropLast().joined(separator: ", ") + " and " + (texts.last ?? "")
  }
}
