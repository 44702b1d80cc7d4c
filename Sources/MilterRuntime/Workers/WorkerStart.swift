package import MilterSystem

/// The descriptors that a supervisor hands to a worker that it starts: the sockets, and a channel.
///
/// The sockets are the worker's descriptors from 3 on, and the channel is the one after them. The variable
/// MILTER_WORKER has the supervisor's process, the worker's number, its turn, the number of sockets, and the word of
/// its ``WorkerRights``.
package struct WorkerStart: Sendable {
  /// The worker's number, from 1 on; its successor has the same.
  package let number: Int
  /// How many workers had been started by then, this one among them.
  package let turn: Int
  /// The number of sockets.
  let socketCount: Int
  /// What it does about `--user`.
  package let rights: WorkerRights

  private static let variable = "MILTER_WORKER"
  private static let first = StandardDescriptors.firstOther

  /// Variables of the supervisor's environment that are for it alone.
  private static let supervisors: Set = [
    variable, "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_PID",
  ]

  init(number: Int, turn: Int, socketCount: Int, rights: WorkerRights) {
    self.number = number
    self.turn = turn
    self.socketCount = socketCount
    self.rights = rights
  }

  /// The environment of a worker that this process starts.
  var environment: [String] {
    ChildProcess.environment(without: Self.supervisors) + [
      "\(Self.variable)=\(ThisProcess.number):\(number):\(turn):\(socketCount):\(rights.word)"
    ]
  }

  /// Takes what the supervisor left, so that no program that this one starts finds it; nil if this process
  /// is no worker.
  ///
  /// To be called once, before other threads are started.
  ///
  /// - Throws: ``SocketError`` if the supervisor has ended already.
  package static func take() throws(SocketError) -> WorkerStart? {
    guard let text = ServiceManager.environment(variable) else { return nil }
    ThisProcess.removeVariable(variable)
    // The user may have a colon.
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

  /// The sockets, as specifications.
  package var sockets: [String] {
    (0..<socketCount).map { "fd:\(Int(Self.first) + $0)" }
  }

  /// The channel is open until the process ends: its end reports that to the supervisor.
  private static let link = SystemMutex<WorkerLink?>(nil)

  /// Takes over the channel; to be called once.
  ///
  /// - Throws: ``SocketError`` if the system has no descriptor to give.
  package func openLink() throws(SocketError) -> WorkerLink {
    let channel = try Socket(inheriting: Self.first + Int32(socketCount))
    let link = try WorkerLink(channel, number: number)
    Self.link.withLock { $0 = link }
    return link
  }
}
