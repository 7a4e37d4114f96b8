#pragma once
#include <string>

namespace tapewatch::storage {

/// Flushes a file to the disk. Throws StorageError.
void sync_file(const std::string& path);
/// Flushes the folder of `path`, so that names made, changed or removed there survive a loss of power.
void sync_folder_of(const std::string& path);

/// An unfinished copy, `<destination>.partial`; deleted unless it gets its name. What a killed run left is replaced.
class PartialFile {
 public:
  /// Throws StorageError where it cannot be created.
  explicit PartialFile(std::string destination);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile();
  const std::string& path() const { return path_; }

  /// Gives the copy the owner and the mode of a file, or the owner of a folder: who restores as root leaves the file to
  /// the user that the daemon runs as. Throws StorageError where this user may not.
  void belong_like(const std::string& model);

  /// Gives the copy its name once it is on the disk; refuses an existing file.
  void finish();
  /// The same; replaces an existing file.
  void finish_over();

 private:
  std::string destination_, path_;
};

}  // namespace tapewatch::storage
