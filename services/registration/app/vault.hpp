#pragma once
// Where personal data is sealed and opened. Two doors to one keyring file: the writer's, where keys are born, and the
// readers', which only looks.

#include "common/ids/random.hpp"
#include "common/sealing/keyring.hpp"
#include "schemas/generated/registration/messages.hpp"
#include "services/registration/storage/identities.hpp"

#include <filesystem>
#include <mutex>
#include <optional>
#include <string_view>

namespace gonghui::registration {

// The places at which registration seals; followers open with the same. Part of the protocol.
namespace sealed_at {
inline constexpr std::string_view name = "registration/member.name";
inline constexpr std::string_view id_number = "registration/member.id_number";
inline constexpr std::string_view phone = "registration/member.phone";
inline constexpr std::string_view email = "registration/member.email";
inline constexpr std::string_view refusal_text = "registration/application.text";
}  // namespace sealed_at

// Seals one person's fields. `random` outlives it.
class PersonSealer {
public:
    PersonSealer(const PersonId& person, const sealing::Key& key, Random& random)
        : person_(person), key_(key), random_(random)
    {
    }
    [[nodiscard]] Sealed seal(std::string_view place, const Personal& plain) const;
    [[nodiscard]] std::optional<Sealed> seal(std::string_view place, const std::optional<Personal>& plain) const;

private:
    PersonId person_;
    sealing::Key key_;
    Random& random_;
};

// Blind indexes of ID numbers in normal form. Thread-safe.
class IdNumberIndex {
public:
    explicit IdNumberIndex(const sealing::Key& service_key);
    [[nodiscard]] IdIndex of(std::string_view id_number) const;

private:
    sealing::Key key_;
};

// The same of mobile numbers. Thread-safe.
class PhoneNumberIndex {
public:
    explicit PhoneNumberIndex(const sealing::Key& service_key);
    [[nodiscard]] PhoneIndex of(std::string_view phone) const;
    // The `number`th id that somebody new may get who applies with `phone`: of nobody who cannot prove to hold it.
    [[nodiscard]] PersonId newcomer(std::string_view phone, int number) const;

private:
    sealing::Key key_;
    sealing::Key newcomers_;
};

// Both, of one person.
struct Indexes {
    IdIndex id_number;
    PhoneIndex phone;
};

// The writer's; on its thread alone, but for `new_key`. `keyring` outlives it.
class Vault final : public Identities {
public:
    Vault(sealing::Keyring& keyring, const IdNumberIndex& index, const PhoneNumberIndex& phones)
        : keyring_(keyring), index_(index), phones_(phones)
    {
    }

    // With the person's key, made now if they have none; nullopt for who was erased.
    std::optional<PersonSealer> sealer_for(const PersonId& person, Random& random);
    // For a person whose id was just made, on any thread; nobody's before it is admitted.
    [[nodiscard]] sealing::NewKey new_key(const PersonId& person) const { return keyring_.new_key(person.uuid); }
    void admit(const sealing::NewKey& key) { keyring_.add(key); }

    // Before numbers that were sealed here are recorded: `of` and `of_phone` need not open them again.
    void expect(const Sealed& id_number, const Sealed& phone, const Indexes& indexes);

    [[nodiscard]] IdIndex index_of(std::string_view id_number) const { return index_.of(id_number); }
    [[nodiscard]] const PhoneNumberIndex& phones() const { return phones_; }
    std::optional<IdIndex> of(const Sealed& id_number) override;
    std::optional<PhoneIndex> of_phone(const Sealed& phone) override;
    void erase(const PersonId& person) override { keyring_.erase(person.uuid); }

    // Everyone who was ever erased.
    [[nodiscard]] std::vector<PersonId> erased();

private:
    std::optional<Bytes> opened(std::string_view place, const Sealed& sealed);

    sealing::Keyring& keyring_;
    IdNumberIndex index_;
    PhoneNumberIndex phones_;
    struct {
        Sealed id_number;
        Sealed phone;
        Indexes indexes;
    } expected_;
};

// The readers'; thread-safe. A connection of its own, which never writes.
class KeyReader {
public:
    KeyReader(const std::filesystem::path& keyring, const sealing::Key& service_key, Random& random,
              const std::string& vfs = {});

    enum class State : std::uint8_t { known, erased, unknown };
    struct Answer {
        State state = State::unknown;
        std::optional<sealing::Key> key;  // when known
    };
    Answer find(const PersonId& person);

    // nullopt when the person was erased, or the value does not open.
    std::optional<std::string> open(const PersonId& person, std::string_view place, const Sealed& sealed);

private:
    std::mutex mutex_;
    sealing::Keyring keyring_;
};

}  // namespace gonghui::registration
