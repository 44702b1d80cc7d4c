package import MilterSystem

/// The descriptors that a supervisor passes to a worker: the sockets, and a channel.
///
/// The sockets are the worker's descriptors from 3 on, and the channel is the next one. The variable
/// MILTER_WORKER has the supervisor's process ID, the worker's number, its turn, the number of sockets, and the
/// word of its ``WorkerRights``.
package struct WorkerStart: Sendable {
  /// The worker's number, beginning with 1; its successor has the same.
  package let number: Int
  /// The number of workers started so far, including this one.
  package let turn: Int
  /// The number of sockets.
  let socketCount: Int
  /// The worker's rights.
  package let rights: WorkerRights

  private static let variable = "MILTER_WORKER"
  private static let first = StandardDescriptors.firstOther

  /// The variables of the environment that are only for the supervisor.
  private static let supervisors: Set = [
    variable, "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_PID",
  ]

  init(number: Int, turn: Int, socketCount: Int, rights: WorkerRights) {
    self.number = number
    self.turn = turn
    self.socketCount = socketCount
    self.rights = rights
  }

  /// The environment for a worker of this process.
  var environment: [String] {
    ChildProcess.environment(without: Self.supervisors) + [
      "\(Self.variable)=\(ThisProcess.number):\(number):\(turn):\(socketCount):\(rights.word)"
    ]
  }

  /// Reads and removes the supervisor's variable, so that programs that this process starts do not get it;
  /// returns `nil` if this process is not a worker.
  ///
  /// Must be called once, before other threads are started.
  ///
  /// - Throws: ``SocketError`` if the supervisor has already ended.
  package static func take() throws(SocketError) -> WorkerStart? {
    guard let text = ServiceManager.environment(variable) else { return nil }
    ThisProcess.removeVariable(variable)
    // The user may contain a colon.
    let parts = text.split(separator: ":", maxSplits: 4)
    let numbers = parts.prefix(4).map { Int($0) }
    guard parts.count == 5, let rights = WorkerRights(word: parts[4]), let supervisor = numbers[0],
      let number = numbers[1],
      let turn = numbers[2], let count = numbers[3], supervisor == Int(ThisProcess.parent)
    else {
      throw SocketError(
        .invalidDescriptor,
        "\(variable)=\(text) is not of the process that started this one; a supervisor sets it for its "
          + "workers, and nobody else may")
    }
    return WorkerStart(number: number, turn: turn, socketCount: count, rights: rights)
  }

  /// The sockets as specifications.
  package var sockets: [String] {
    (0..<socketCount).map { "fd:\(Int(Self.first) + $0)" }
  }

  /// The channel is open until the process ends, because its end reports that to the supervisor.
  private static let link = SystemMutex<WorkerLink?>(nil)

  /// Opens the channel; must be called once.
  ///
  /// - Throws: ``SocketError`` if the system has no descriptor left.
  package func openLink() throws(SocketError) -> WorkerLink {
    let channel = try Socket(inheriting: Self.first + Int32(socketCount))
    let link = try WorkerLink(channel, number: number)
    Self.link.withLock { $0 = link }
    return link
  }
}
