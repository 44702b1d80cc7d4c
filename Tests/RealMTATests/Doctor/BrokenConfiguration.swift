/// A configuration of a mail server, the filter that it is for, and what becomes of mail.
///
/// In texts, `PORT` is the filter's port, `OTHER` a port on which nobody listens, and `PATH` the path of the
/// filter's Unix socket.
struct BrokenConfiguration: Sendable {
  /// What is wrong.
  let name: String
  /// Lines of `main.cf`, or of `sendmail.mc`.
  var lines: [String]
  /// What follows `smtpd` in `master.cf`.
  var options = ""
  /// Texts of `master.cf` or `sendmail.cf` with what takes their place.
  var edits: [(old: String, new: String)] = []
  /// The filter.
  var filter = StandIn.State.port
  /// The mode of the directory with the filter's Unix socket.
  var directoryMode: UInt32 = 0o755
  /// Whether that directory is in Postfix's queue directory.
  var isInQueue = false
  /// Further arguments for `milter doctor`.
  var arguments: [String] = []
  /// Whether mail comes from a program of the machine, and not by SMTP.
  var isLocal = false
  /// What `milter doctor` prints; `nil` if nothing is wrong.
  var finding: (@Sendable (MTARelease) -> String?)
  /// What the mail server does with a message.
  var fate: @Sendable (MTARelease) -> MailFate

  /// Makes a configuration with which each release does the same.
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

  /// The same with something changed.
  func with<Value>(_ path: WritableKeyPath<Self, Value>, _ value: Value) -> Self {
    var changed = self
    changed[keyPath: path] = value
    return changed
  }

  /// All of an MTA.
  static func all(of kind: RealMTA.Kind) -> [Self] {
    switch kind {
    case .postfix: postfixLists + postfixSettings + postfixServices + postfixFilters
    case .sendmail: sendmailLines + sendmailLists + sendmailFilters
    }
  }
}
