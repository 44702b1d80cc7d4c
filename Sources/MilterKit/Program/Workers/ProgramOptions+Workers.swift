import MilterRuntime
import MilterSystem

extension ProgramOptions {
  /// Adds the file and the socket for statistics and the socket for `milter status`, according to the options.
  func addPages(to configuration: inout MilterConfiguration, of name: String) {
    configuration.metrics = metricsFile.map { MilterMetrics(file: $0, filter: name) }
    configuration.metricsListener = metricsSocket.map {
      MilterMetricsListener(socket: $0, filter: name)
    }
    configuration.control = controlSocket.map { MilterControlSocket(socket: $0, filter: name) }
  }

  /// Warns about sockets that MTAs may not be able to reach.
  func warnOfSockets(in log: MilterLog) throws {
    for socket in sockets {
      guard let warning = try SocketSpec(socket).listeningWarning else { continue }
      log.warning(warning)
    }
  }
}
