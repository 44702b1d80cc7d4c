import MilterMTA

/// The parts of Postfix's `main.cf` and `master.cf` that affect filters.
struct PostfixConfiguration {
  private static let limits = MTALimits(.postfix)
  private static let defaults = [
    "smtpd_milters": "", "non_smtpd_milters": "", "smtpd_milter_maps": "",
    "receive_override_options": "", "smtpd_proxy_filter": "", "milter_default_action": "tempfail",
    "milter_protocol": "6",
    "milter_connect_timeout": "\(limits.connectTimeout)s",
    "milter_command_timeout": "\(limits.commandTimeout)s",
    "milter_content_timeout": "\(limits.contentTimeout)s", "queue_directory": "/var/spool/postfix",
    "mail_owner": "postfix", "compatibility_level": "0", "inet_protocols": "all",
    "mail_version": "",
  ]

  let directory: String
  let postconf: Postconf?
  /// Postfix's release, if it was given; otherwise `postconf` reports it.
  private let version: MTAVersion?
  private let parameters: [String: String]
  private(set) var services: [PostfixService] = []
  /// The lines that Postfix refuses.
  private(set) var mistakes: [(line: String, why: String)] = []

  /// Reads the files of a directory.
  ///
  /// - Parameters:
  ///   - directory: The directory.
  ///   - postconf: Evaluates the settings; without it, they are evaluated here.
  ///   - version: Postfix's release; `nil` if it was not given.
  /// - Throws: `FileError` if a file cannot be read.
  init(directory: String, _ postconf: Postconf?, _ version: MTAVersion?) throws {
    self.directory = directory
    self.postconf = postconf
    self.version = version
    var parameters: [String: String] = [:]
    for line in try PostfixText.lines(of: "\(directory)/main.cf") {
      do throws(PostfixText.Mistake) {
        let (name, value) = try PostfixText.assignment(line)
        parameters[name] = value
      } catch {
        mistakes.append(("main.cf has \"\(PostfixText.trimmed(line[...]))\"", "\(error)"))
      }
    }
    self.parameters = parameters
    for line in try PostfixText.lines(of: "\(directory)/master.cf") {
      if let service = PostfixService(line) {
        services.append(service)
      } else {
        mistakes.append(
          ("master.cf has \"\(PostfixText.trimmed(line[...]))\"", "a service has eight fields"))
      }
    }
  }

  /// Returns the settings for one service, or for all.
  ///
  /// - Throws: `PostfixText.Mistake` if Postfix cannot evaluate a setting.
  func settings(
    of service: PostfixService? = nil
  ) throws(PostfixText.Mistake) -> PostfixSettings {
    let overrides = service?.overrides ?? []
    let defaults = defaults
    let parameters = parameters
    var expansion = PostfixExpansion { name in
      overrides.last { $0.name == name }?.value ?? parameters[name] ?? defaults[name]
    }
    var failure: PostfixText.Mistake?
    var values: [String: String] = [:]
    do throws(PostfixText.Mistake) {
      for name in Self.defaults.keys.sorted() { values[name] = try expansion.value(of: name) }
    } catch {
      failure = error
    }
    // Postfix would evaluate it until it runs out of memory.
    if let postconf, !expansion.isTooLong {
      do throws(PostfixText.Mistake) {
        let names = Self.defaults.keys.sorted()
        let found = try postconf.values(names, in: directory, overrides)
        return PostfixSettings(defaults.merging(found) { $1 }, service, version)
      } catch {
        throw failure ?? error
      }
    }
    if let failure { throw failure }
    return PostfixSettings(values, service, version)
  }

  /// The defaults of the given release.
  private var defaults: [String: String] {
    var defaults = Self.defaults
    if let version, PostfixFeature.shutdown.isKnown(to: version) {
      defaults["milter_default_action"] = "shutdown"
    }
    return defaults
  }
}
