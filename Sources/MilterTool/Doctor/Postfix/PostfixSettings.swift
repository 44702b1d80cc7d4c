import MilterMTA
import MilterSystem

/// The values of Postfix's parameters for one service.
struct PostfixSettings: Sendable {
  private let values: [String: String]
  let service: PostfixService?
  /// Postfix's release; `nil` if it is unknown.
  let version: MTAVersion?

  init(_ values: [String: String], _ service: PostfixService?, _ version: MTAVersion?) {
    self.values = values
    self.service = service
    self.version = version ?? MTAVersion(values["mail_version"] ?? "")
  }

  /// Returns why Postfix does not support a setting, if its release is too old.
  func reason(forLacking feature: PostfixFeature) -> String? {
    guard let version, !feature.isKnown(to: version) else { return nil }
    return "this is Postfix \(version), and that came with \(feature.releases)"
  }

  subscript(name: String) -> String { values[name] ?? "" }

  /// Returns the filters of a list.
  func milters(_ list: String) -> [PostfixMilter] {
    PostfixText.fields(self[list]).map(PostfixMilter.init)
  }

  /// Whether the service accepts mail without any filter.
  var isUnfiltered: Bool {
    PostfixText.fields(self["receive_override_options"]).contains("no_milters")
  }

  /// The address families that Postfix uses.
  var families: [SocketSpec.Family] {
    let protocols = PostfixText.fields(self["inet_protocols"])
    let isAll = protocols.isEmpty || protocols.contains("all")
    return (isAll || protocols.contains("ipv4") ? [.inet] : [])
      + (isAll || protocols.contains("ipv6") ? [.inet6] : [])
  }

  var queueDirectory: String { self["queue_directory"] }

  /// The user of the service.
  var user: String { service?.isPrivileged ?? false ? "root" : self["mail_owner"] }

  /// Whether the service runs in the queue directory; the meaning of `-` changed with Postfix 3.0.
  var isChrooted: Bool {
    guard let service else { return false }
    let level = self["compatibility_level"].split(separator: ".").first.flatMap { Int($0) } ?? 0
    return service.isChrooted ?? (level < 1)
  }

  /// Returns the absolute path for the service: in the queue directory if it is chrooted or the path is
  /// relative.
  func place(of path: String) -> String {
    let isInside = isChrooted || !path.hasPrefix("/")
    let separator = path.hasPrefix("/") ? "" : "/"
    return isInside ? queueDirectory + separator + path : path
  }

  /// Returns the name of a value, which may belong to a filter or to the service.
  func title(_ name: String, _ milter: PostfixMilter?) -> String {
    if let milter, milter.settings[name] != nil {
      return "\(name.dropFirst("milter_".count)) of \(milter.text)"
    }
    guard let service, service.own(name) != nil else { return name }
    return "\(name) of \(service.name) in master.cf"
  }

  /// Returns a parameter's value for a filter, which may have its own value.
  func value(_ name: String, _ milter: PostfixMilter?) -> String {
    milter?.settings[name] ?? self[name]
  }
}
