import MilterPlatform

/// The listening sockets that the process has inherited from a service manager.
///
/// They begin at descriptor 3. LISTEN_FDS has their number, and LISTEN_FDNAMES their names. LISTEN_PID has the
/// process for which they are, because its child processes also inherit the variables; see sd_listen_fds(3).
package enum InheritedSockets {
  /// Returns the descriptors, in the manager's order.
  ///
  /// - Parameters:
  ///   - name: Returns only descriptors with this name; `nil` for all.
  ///   - variable: Looks up a variable of the environment.
  /// - Returns: The descriptors; empty if there are none for this process.
  package static func descriptors(
    named name: String? = nil, _ variable: (String) -> String? = ServiceManager.environment
  ) -> [Int32] {
    guard variable("LISTEN_PID") == "\(getpid())",
      let count = variable("LISTEN_FDS").flatMap(Int32.init), (1...maximum).contains(count)
    else { return [] }
    let all = (first..<first + count)
    guard let name else { return Array(all) }
    let names = (variable("LISTEN_FDNAMES") ?? "")
      .split(separator: ":", omittingEmptySubsequences: false)
    return zip(all, names).filter { $1 == name }.map { $0.0 }
  }

  private static let first: Int32 = 3
  /// No service has more, and a wrong number must not make a long list.
  private static let maximum: Int32 = 1024
}
