import MilterSystem

/// A file with a server's statistics for Prometheus.
///
/// The node exporter's textfile collector reads all files in its directory whose names end with
/// `.prom`; give each filter a file of its own there. It is replaced as a whole, so that nobody reads
/// half of one: the server must be allowed to write to the directory, also after it gave up
/// privileges. Only a regular file is replaced: the server does not start if a device, a FIFO, a
/// directory or a link lies there.
public struct MilterMetrics: Hashable, Sendable {
  /// The file's path.
  public var file: String
  /// The label `filter` on every number.
  public var filter: String
  /// The interval at which the file is written; 15 seconds by default.
  ///
  /// When the server stops, it is written once more.
  public var interval: Duration

  /// Makes a description of a file.
  ///
  /// It does not write the file.
  public init(file: String, filter: String, interval: Duration = .seconds(15)) {
    self.file = file
    self.filter = filter
    self.interval = interval
  }

  /// Checks that the file would replace nothing but a regular file.
  ///
  /// Other trouble may pass, such as a directory that is not there yet, and is for the log.
  func check() throws(SocketError) {
    do throws(SocketError) {
      try ReplacedFile(file).check()
    } catch {
      if error.code == .pathInTheWay { throw error }
    }
  }
}
