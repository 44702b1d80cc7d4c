package import MilterMTA
import MilterSystem

extension RealMTA {
  /// A mail server that a test can start.
  public enum Kind: String, CaseIterable, CustomStringConvertible, Sendable {
    /// Postfix, at the paths of Debian and Ubuntu.
    case postfix = "Postfix"
    /// Sendmail, at the paths of Debian and Ubuntu.
    ///
    /// If Sendmail's packages are only unpacked, for example because Postfix is installed, the environment
    /// variable `SWIFT_MILTER_SENDMAIL_ROOT` names their directory.
    case sendmail = "Sendmail"

    /// The name of the mail server.
    public var description: String { rawValue }

    /// Whether this machine has everything that the MTA needs.
    public var isInstalled: Bool { missing.isEmpty }

    /// The missing programs that the MTA needs, and how to install them; empty if nothing is missing.
    ///
    /// Use it as the reason for skipping a test:
    ///
    /// ```swift
    /// import MilterRealMTA
    /// import Testing
    ///
    /// @Suite(.enabled(if: RealMTA.Kind.postfix.isInstalled, "\(RealMTA.Kind.postfix.missing)"))
    /// struct PostfixTests {}
    /// ```
    ///
    /// With XCTest, pass the same two values to `XCTSkipUnless`.
    public var missing: String {
      missing(for: ThisProcess.effectiveUser) { FilePath($0).isThere }
    }

    /// The version of the installed MTA; `nil` if it is not installed.
    package var version: MTAVersion? { Self.versions[self] }

    private static let versions: [Self: MTAVersion] = Dictionary(
      uniqueKeysWithValues: allCases.compactMap { kind in
        let text =
          switch kind {
          case .postfix: try? PostfixInstance.version()
          case .sendmail: try? SendmailInstallation.found.version()
          }
        return text.flatMap { MTAVersion($0) }.map { (kind, $0) }
      })

    /// Describes what is missing for a user, on a machine with some files.
    package func missing(for user: UInt32, where isThere: (String) -> Bool) -> String {
      var lacking = files.filter { !isThere($0) }
      if user != 0 { lacking.append("root's rights") }
      guard !lacking.isEmpty else { return "" }
      return "\(self) cannot be started without \(lacking.joined(separator: ", ")); "
        + "on Debian or Ubuntu, install \(packages) and run the tests as root"
    }

    /// Starts a private instance, after `prepare` has had its directory.
    func start(
      _ settings: Settings, _ prepare: (InstanceDirectory) throws -> Void
    ) throws -> any MTAInstance {
      switch self {
      case .postfix: try PostfixInstance(settings, prepare)
      case .sendmail: try SendmailInstance(settings, prepare)
      }
    }

    /// The files that the MTA needs.
    private var files: [String] {
      switch self {
      case .postfix: PostfixInstance.neededFiles
      case .sendmail: SendmailInstallation.found.neededFiles
      }
    }

    /// The packages that have these files.
    private var packages: String {
      switch self {
      case .postfix: "postfix"
      case .sendmail: "sendmail-bin, sendmail-cf, libnss-wrapper and m4"
      }
    }
  }
}
