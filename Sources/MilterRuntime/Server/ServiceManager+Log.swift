import MilterSystem

extension ServiceManager {
  /// Finds the service manager; nil without one.
  ///
  /// A filter serves also if the manager cannot be told: the log has the reason.
  static func found(log: MilterLog) -> ServiceManager? {
    do {
      return try ServiceManager()
    } catch {
      log.warning("the service manager was not notified: \(error)")
      return nil
    }
  }
}
