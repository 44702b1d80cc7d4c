import MilterProcessFixtures

/// A self-signed certificate for one test.
struct Certificate {
  /// The path of the certificate.
  let file: String
  /// The path of its key.
  let key: String

  /// Creates a certificate and its key in a directory.
  init(_ name: String, _ subject: String, in directory: InstanceDirectory) throws {
    file = directory.path(of: "\(name).pem")
    key = directory.path(of: "\(name).key")
    try Subprocess.succeed(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "30", "-subj", subject, "-keyout", key, "-out", file,
      ])
  }
}
