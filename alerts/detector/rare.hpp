#pragma once
#include <memory>
#include <utility>

namespace tapewatch::alerts {

/// A value that most owners never need, made when it is first changed; until then it reads as a new one, and takes the
/// room of a pointer. Copied with its owner.
template <class T>
class Rare {
 public:
  Rare() = default;
  ~Rare() = default;
  Rare(Rare&&) noexcept = default;
  Rare& operator=(Rare&&) noexcept = default;
  Rare(const Rare& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Rare& operator=(const Rare& other) {
    if (this != &other) *this = Rare(other);
    return *this;
  }

  const T& operator*() const {
    static const T none{};
    return value_ ? *value_ : none;
  }
  const T* operator->() const { return &**this; }
  /// To be changed.
  T& own() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }
  void set(T value) { own() = std::move(value); }
  bool made() const { return value_ != nullptr; }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace tapewatch::alerts
