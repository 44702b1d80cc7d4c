/// A configuration of an MTA, its filter, and the expected fate of a message.
///
/// In texts, `PORT` is the filter's port, `OTHER` is a port without a listener, and `PATH` is the path of the
/// filter's Unix-domain socket.
struct BrokenConfiguration: Sendable {
  /// The name of the case: what is wrong.
  let name: String
  /// Lines of `main.cf`, or of `sendmail.mc`.
  var lines: [String]
  /// What follows `smtpd` in `master.cf`.
  var options = ""
  /// Replacements of texts in `master.cf` or `sendmail.cf`.
  var edits: [(old: String, new: String)] = []
  /// The filter.
  var filter = StandIn.State.port
  /// The mode of the directory with the filter's Unix socket.
  var directoryMode: UInt32 = 0o755
  /// Whether the directory of the filter's socket is in Postfix's queue directory.
  var isInQueue = false
  /// Further arguments for `milter doctor`.
  var arguments: [String] = []
  /// Whether the message is submitted locally, and not by SMTP.
  var isLocal = false
  /// What `milter doctor` prints; `nil` if nothing is wrong.
  var finding: (@Sendable (MTARelease) -> String?)
  /// What the mail server does with a message.
  var fate: @Sendable (MTARelease) -> MailFate

  /// Creates a configuration with the same fate in each release.
  init(
    _ name: String, _ lines: String..., options: String = "", filter: StandIn.State = .port,
    finding: String?, fate: MailFate
  ) {
    self.name = name
    self.lines = lines
    self.options = options
    self.filter = filter
    self.finding = { _ in finding }
    self.fate = { _ in fate }
  }

  /// Returns a copy with a change.
  func with<Value>(_ path: WritableKeyPath<Self, Value>, _ value: Value) -> Self {
    var changed = self
    changed[keyPath: path] = value
    return changed
  }

  /// Returns all configurations of an MTA.
  static func all(of kind: RealMTA.Kind) -> [Self] {
    switch kind {
    case .postfix: postfixLists + postfixSettings + postfixServices + postfixFilters
    case .sendmail: sendmailLines + sendmailLists + sendmailFilters
    }
  }
}
