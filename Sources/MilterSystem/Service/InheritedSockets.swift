import MilterPlatform

/// The listening sockets that a service manager opened and handed to the process.
///
/// They begin at descriptor 3; LISTEN_FDS counts them, LISTEN_FDNAMES names them, and LISTEN_PID
/// is the process that they are for, since programs that it starts also inherit the variables; see
/// sd_listen_fds(3).
package enum InheritedSockets {
  /// The descriptors, in the manager's order.
  ///
  /// - Parameters:
  ///   - name: Only those of this name; nil for all.
  ///   - variable: Looks up a variable of the environment.
  /// - Returns: None, if none are for this process.
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
  /// More than any service has; a wrong number must not make a long list.
  private static let maximum: Int32 = 1024
}
