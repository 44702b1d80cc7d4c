import MilterKit

/// Finds clients for which `smtpd_milter_maps` removes a filter.
struct PostfixMilterMaps {
  /// The addresses of this machine, and addresses that represent all others (RFC 5737, RFC 3849).
  private static let clients = ["127.0.0.1", "::1", "192.0.2.1", "2001:db8::1"]

  private(set) var findings: [Finding] = []

  init(_ settings: PostfixSettings, _ socket: MTASocket, _ configuration: PostfixConfiguration) {
    let maps = settings["smtpd_milter_maps"]
    let tables = PostfixText.fields(maps)
    guard !tables.isEmpty else { return }
    let name = settings.service?.name ?? ""
    guard tables.allSatisfy({ configuration.postconf != nil || Self.canRead($0) }) else {
      findings.append(
        Finding(
          .warning, "smtpd_milter_maps of \(name) is \(maps)",
          why: "it chooses the filters of some clients, and only Postfix's programs can read it",
          fix: "run milter doctor on the machine where Postfix is installed"))
      return
    }
    var missing: [String: [String]] = [:]
    do throws(PostfixText.Mistake) {
      for client in Self.clients {
        guard let found = try Self.look(up: client, in: tables, configuration) else { continue }
        let isAsked = PostfixText.fields(found).contains {
          PostfixFilterUse.leads(PostfixMilter($0), settings, socket)
        }
        if !isAsked { missing[found, default: []].append(client) }
      }
    } catch {
      findings.append(
        Finding(
          .error, "smtpd_milter_maps of \(name) cannot be read", why: "\(error)",
          fix: "correct \(maps); until then Postfix defers mail"))
    }
    for (found, clients) in missing.sorted(by: { $0.key < $1.key }) {
      let who = clients.count == Self.clients.count ? "any client" : clients.joined(separator: ", ")
      findings.append(
        Finding(
          .error, "the daemon \(name) does not ask the filter about mail from \(who)",
          why: "smtpd_milter_maps has \(found) there, which takes the place of smtpd_milters",
          fix: "remove that from \(maps), or add the filter to it"))
    }
  }

  private static func look(
    up client: String, in tables: [String], _ configuration: PostfixConfiguration
  ) throws(PostfixText.Mistake) -> String? {
    for table in tables {
      let found: String?
      if let postconf = configuration.postconf {
        found = try postconf.look(up: client, in: table, of: configuration.directory)
      } else {
        found = look(up: client, in: table)
      }
      if let found { return found }
    }
    return nil
  }

  private static func canRead(_ table: String) -> Bool {
    table.hasPrefix("inline:") || table.hasPrefix("static:")
  }

  /// Reads the tables that are in `main.cf` itself.
  private static func look(up client: String, in table: String) -> String? {
    if table.hasPrefix("static:") {
      return (try? PostfixText.unbraced(String(table.dropFirst("static:".count)))) ?? ""
    }
    let list = (try? PostfixText.unbraced(String(table.dropFirst("inline:".count)))) ?? ""
    for field in PostfixText.fields(list) {
      guard let text = try? PostfixText.unbraced(field),
        let (key, value) = try? PostfixText.assignment(text), key == client
      else { continue }
      return value
    }
    return nil
  }
}
