import MilterKit
import MilterMTA
import MilterSystem

/// How a service's list of filters leads to a filter.
struct PostfixFilterUse {
  /// The result of reading the list.
  enum Result {
    /// The service uses the filter.
    case asked(PostfixMilter)
    /// The filter is in the list, but mail does not go through it.
    case passed(Finding)
    /// An entry is for the filter, but leads to another socket.
    case missed(Finding)
    /// No entry is for the filter.
    case absent
  }

  private(set) var result = Result.absent
  /// The entries that Postfix cannot use.
  private(set) var mistakes: [Finding] = []
  /// The entries with findings, because another list may have the same entries.
  private(set) var blamed: Set<String> = []
  private let settings: PostfixSettings
  private let list: String
  private let socket: MTASocket

  init(
    _ settings: PostfixSettings, _ list: String, _ socket: MTASocket, blamed: Set<String> = []
  ) {
    self.settings = settings
    self.list = list
    self.socket = socket
    let entries = settings.milters(list)
    for entry in entries where !blamed.contains(entry.field) {
      guard let (why, fix) = entry.mistake ?? Self.mistake(of: entry, settings) else { continue }
      let isOurs = (try? MTASocket(entry.text)) == socket
      // If the queue directory is ours, the notation may be shorter.
      let right = isOurs && fix?.hasPrefix("write unix:") ?? false ? "write \(notation)" : fix
      mistakes.append(
        Finding(
          .error, "\(list)\(place) has \"\(entry.field)\"", why: why,
          fix: right ?? "see MILTER_README of Postfix for what may stand in braces"))
      self.blamed.insert(entry.field)
      if isOurs, case .absent = result { result = .missed(mistakes[mistakes.count - 1]) }
    }
    if let entry = entries.first(where: { Self.leads($0, settings, socket) }) {
      result = settings.isUnfiltered ? .passed(unfiltered) : .asked(entry)
    } else if case .absent = result {
      for entry in entries where !blamed.contains(entry.field) {
        guard let finding = nearMiss(entry) else { continue }
        result = .missed(finding)
        // The meaning of a path depends on the service.
        if case .inet = entry.target { self.blamed.insert(entry.field) }
        return
      }
    }
  }

  /// Returns why this release does not accept an entry that later ones accept.
  private static func mistake(
    of entry: PostfixMilter, _ settings: PostfixSettings
  ) -> (why: String, fix: String?)? {
    guard entry.field.hasPrefix("{"), let why = settings.reason(forLacking: .ownSettings) else {
      return nil
    }
    return (why, "write \(entry.text) without braces, and set milter_default_action and the like")
  }

  /// The filter in Postfix's notation.
  private var notation: String { socket.postfix(queueDirectory: settings.queueDirectory) }

  private var place: String { settings.service.map { " of \($0.name)" } ?? "" }

  /// Whether an entry is the filter, for a service.
  static func leads(
    _ entry: PostfixMilter, _ settings: PostfixSettings, _ socket: MTASocket
  ) -> Bool {
    switch (entry.target, socket.target) {
    case (.unix(let path)?, .unix(let wanted)):
      ReachedSocket.isSame(settings.place(of: path), wanted)
    case (.inet(let host, let port)?, .inet):
      ReachedSocket.match(host: host, port: port, settings.families, socket) == .same
    default: false
    }
  }

  private func nearMiss(_ entry: PostfixMilter) -> Finding? {
    switch (entry.target, socket.target) {
    case (.unix(let path)?, .unix(let wanted))
    where settings.isChrooted && path.hasPrefix("/") && ReachedSocket.isSame(path, wanted):
      let inside = settings.place(of: wanted)
      let name = settings.service?.name ?? ""
      return Finding(
        .error, "the daemon \(name) looks for the filter at \(inside)",
        why: "master.cf has it run chrooted in \(settings.queueDirectory), so that is where "
          + "unix:\(path) leads",
        fix: "have the filter listen on unix:\(inside), or on a port; or turn the fifth column of "
          + "\(name) in master.cf to n")
    case (.inet(let host, let port)?, .inet)
    where ReachedSocket.match(host: host, port: port, settings.families, socket) == .port:
      let families = settings.families.map { $0 == .inet ? "IPv4" : "IPv6" }
      return Finding(
        .error,
        "\(list)\(place) leads to \(entry.text), and the filter listens on "
          + "\(SocketSpec(target: socket.target))",
        why: "that is another address"
          + (families.count < 2
            ? "; inet_protocols lets Postfix use \(families.joined()) only" : ""),
        fix: "write \(notation), or have the filter listen there")
    default: return nil
    }
  }

  private var unfiltered: Finding {
    let isOwn = settings.service?.own("receive_override_options") != nil
    let name = settings.service?.name ?? ""
    return Finding(
      .error, "the daemon \(name) does not ask the filter: receive_override_options has no_milters",
      why: "its mail goes past all filters, whatever \(list) has",
      fix: "remove no_milters from receive_override_options in "
        + (isOwn ? "master.cf, \(name)" : "main.cf"))
  }
}
