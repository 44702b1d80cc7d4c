import MilterSystem

/// A file with a server's statistics for Prometheus.
///
/// The node exporter's textfile collector reads all files in its directory whose names end with `.prom`; use
/// another file for each filter. The file is replaced as a whole, so that the reader never gets a part of it.
/// The server must be allowed to write to the directory, also after it has given up privileges. Only a regular
/// file is replaced: the server does not start if the path is a device, a FIFO, a directory, or a link.
public struct MilterMetrics: Hashable, Sendable {
  /// The file's path.
  public var file: String
  /// The label `filter` of every number.
  public var filter: String
  /// The interval at which the file is written; 15 seconds by default.
  ///
  /// The file is also written when the server stops.
  public var interval: Duration

  /// Creates the description of a file.
  ///
  /// This does not write the file.
  public init(file: String, filter: String, interval: Duration = .seconds(15)) {
    self.file = file
    self.filter = filter
    self.interval = interval
  }

  /// Checks that the file would replace only a regular file.
  ///
  /// Other problems may be temporary, such as a missing directory, and are only logged.
  func check() throws(FileError) {
    do throws(FileError) {
      try ReplacedFile(file).check()
    } catch {
      if error.code == .pathInTheWay { throw error }
    }
  }
}
