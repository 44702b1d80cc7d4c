@_exported import ProcessFixtures
