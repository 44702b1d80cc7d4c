import MilterPlatform

/// The service manager that started the process, and the messages to it.
///
/// Each message is a datagram to the socket in NOTIFY_SOCKET, as described in sd_notify(3). systemd's
/// `Type=notify` and `Type=notify-reload` need this. No library of systemd is used.
package struct ServiceManager: Sendable {
  private let address: SocketAddress
  /// Opened once, so that it is available even if no descriptors are left.
  private let socket: Socket

  /// The interval in which the manager expects a message that the process is alive; `nil` if it expects none.
  package let watchdog: Duration?

  /// Finds the service manager; `nil` for a process that was not started by one.
  ///
  /// - Parameter variable: Looks up a variable of the environment.
  /// - Throws: ``SocketError`` with the code `invalidSpec` if NOTIFY_SOCKET is neither a path nor an abstract
  ///   name, or with `systemCall` if no descriptor is left.
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
      throw .system("cannot create a socket for the service manager", error)
    }
    watchdog = Self.watchdog(variable)
  }

  /// Returns the interval in which the manager expects a message that the process is alive.
  ///
  /// - Parameter variable: Looks up a variable of the environment.
  /// - Returns: The interval; `nil` if it expects none.
  package static func watchdog(
    _ variable: (String) -> String? = Self.environment
  ) -> Duration? {
    guard let time = variable("WATCHDOG_USEC").flatMap(Int64.init), time > 0 else { return nil }
    // The variable may be for the parent process.
    if let process = variable("WATCHDOG_PID"), process != "\(getpid())" { return nil }
    return .microseconds(time)
  }

  /// Looks up a variable of the environment.
  package static let environment: @Sendable (String) -> String? = { name in
    ThisProcess.variable(name)
  }

  /// A message about the state of the service.
  package enum Message: Hashable, Sendable {
    /// The service is ready, or has reloaded its configuration.
    case ready
    /// The service begins to reload its configuration.
    case reloading
    /// The service begins to stop.
    case stopping
    /// The service is alive.
    case watchdog
  }

  /// Sends a message, without waiting.
  ///
  /// The corresponding C function is `sd_notify`.
  ///
  /// - Parameter message: The message.
  /// - Throws: ``SocketError`` if the manager is not running, or does not read fast enough.
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
