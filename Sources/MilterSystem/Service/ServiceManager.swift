import MilterPlatform

/// The service manager that started the process, and the messages to it about the process's state.
///
/// A datagram for each message goes to the socket that NOTIFY_SOCKET names, as described in
/// sd_notify(3) and needed for systemd's `Type=notify` and `Type=notify-reload`; no library of
/// systemd's is used.
package struct ServiceManager: Sendable {
  private let address: SocketAddress
  /// Opened once, so that there is one also when descriptors have run out.
  private let socket: Socket

  /// How often it wants to hear that the process is alive; nil if it does not.
  package let watchdog: Duration?

  /// Finds the service manager; nil if the process has none that listens.
  ///
  /// - Parameter variable: Looks up a variable of the environment.
  /// - Throws: ``SocketError`` with the code `invalidSpec` if NOTIFY_SOCKET is no path and no
  ///   abstract name, `systemCall` if there is no descriptor left.
  package init?(
    _ variable: (String) -> String? = Self.environment
  ) throws(SocketError) {
    guard let name = variable("NOTIFY_SOCKET"), !name.isEmpty else { return nil }
    address =
      name.utf8.first == UInt8(ascii: "@")
      ? try SocketAddress(abstract: String(name.dropFirst())) : try SocketAddress(path: name)
    do throws(Errno) {
      socket = Socket(owning: try Syscalls.newDatagramSocket())
    } catch {
      throw .system("cannot make a socket for the service manager", error)
    }
    watchdog = Self.watchdog(variable)
  }

  /// Finds out how often the manager wants to hear that a process is alive.
  ///
  /// - Parameter variable: Looks up a variable of the environment.
  /// - Returns: The time; nil if it does not want to.
  package static func watchdog(
    _ variable: (String) -> String? = Self.environment
  ) -> Duration? {
    guard let time = variable("WATCHDOG_USEC").flatMap(Int64.init), time > 0 else { return nil }
    // It may be meant for the process that started this one.
    if let process = variable("WATCHDOG_PID"), process != "\(getpid())" { return nil }
    return .microseconds(time)
  }

  /// Looks up a variable of the environment.
  package static let environment: @Sendable (String) -> String? = { name in
    ThisProcess.variable(name)
  }

  /// A message about the state of the service.
  package enum Message: Hashable, Sendable {
    /// The service is up, or has its new configuration.
    case ready
    /// It is about to read its configuration again.
    case reloading
    /// It is about to end.
    case stopping
    /// It is alive.
    case watchdog
  }

  /// Sends a message, without waiting.
  ///
  /// The corresponding C function is `sd_notify`.
  ///
  /// - Parameter message: The message.
  /// - Throws: ``SocketError`` if nobody listens there any longer, or not fast enough.
  package func tell(_ message: Message) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.transmit(socket.descriptor, datagram: Self.text(message), to: address)
    } catch {
      throw .system("cannot notify the service manager: \(message)", error)
    }
  }

  private static func text(_ message: Message) -> String {
    switch message {
    case .ready: return "READY=1"
    case .reloading:
      // The manager distinguishes reloads by their time.
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      return "RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)"
    case .stopping: return "STOPPING=1"
    case .watchdog: return "WATCHDOG=1"
    }
  }
}
