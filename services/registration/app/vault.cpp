#include "services/registration/app/vault.hpp"

#include "common/sealing/sealing.hpp"

namespace gonghui::registration {

Sealed PersonSealer::seal(std::string_view place, const Personal& plain) const
{
    return sealing::seal(key_, person_.uuid, place, as_bytes(plain.reveal()), random_);
}

std::optional<Sealed> PersonSealer::seal(std::string_view place, const std::optional<Personal>& plain) const
{
    return plain ? std::optional(seal(place, *plain)) : std::nullopt;
}

namespace {

std::int64_t first_bits(const Bytes& hash)
{
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < sizeof first; ++i) first = first << 8 | std::to_integer<std::uint64_t>(hash[i]);
    return static_cast<std::int64_t>(first);
}

}  // namespace

IdNumberIndex::IdNumberIndex(const sealing::Key& service_key) : key_(sealing::derive_key(service_key, "idnumber", 1)) {}

IdIndex IdNumberIndex::of(std::string_view id_number) const
{
    return {first_bits(sealing::blind_index(key_, id_number))};
}

PhoneNumberIndex::PhoneNumberIndex(const sealing::Key& service_key)
    : key_(sealing::derive_key(service_key, "phonenum", 1)), newcomers_(sealing::derive_key(service_key, "newcomer", 1))
{
}

PhoneIndex PhoneNumberIndex::of(std::string_view phone) const
{
    return {first_bits(sealing::blind_index(key_, phone))};
}

PersonId PhoneNumberIndex::newcomer(std::string_view phone, int number) const
{
    return PersonId(uuid_of_content(
        sealing::blind_index(newcomers_, std::string(phone).append(1, '/').append(std::to_string(number)))));
}

std::optional<PersonSealer> Vault::sealer_for(const PersonId& person, Random& random)
{
    const auto key = keyring_.find_or_make(person.uuid);
    if (!key) return std::nullopt;
    return PersonSealer(person, *key, random);
}

void Vault::expect(const Sealed& id_number, const Sealed& phone, const Indexes& indexes)
{
    expected_ = {id_number, phone, indexes};
}

// nullopt for who was erased.
std::optional<Bytes> Vault::opened(std::string_view place, const Sealed& sealed)
{
    const auto owner = sealing::owner_of(sealed);
    if (!owner) throw std::runtime_error("an event holds a number that is not sealed as this program seals");
    const auto key = keyring_.find(*owner);
    if (!key) return std::nullopt;
    auto plain = sealing::unseal(*key, place, sealed);
    if (!plain) throw std::runtime_error("a sealed number does not open with its owner's key");
    return plain;
}

std::optional<IdIndex> Vault::of(const Sealed& id_number)
{
    if (id_number == expected_.id_number) return expected_.indexes.id_number;
    const auto plain = opened(sealed_at::id_number, id_number);
    return plain ? std::optional(index_.of(as_text(*plain))) : std::nullopt;
}

std::optional<PhoneIndex> Vault::of_phone(const Sealed& phone)
{
    if (phone == expected_.phone) return expected_.indexes.phone;
    const auto plain = opened(sealed_at::phone, phone);
    return plain ? std::optional(phones_.of(as_text(*plain))) : std::nullopt;
}

std::vector<PersonId> Vault::erased()
{
    const auto owners = keyring_.erased();
    return {owners.begin(), owners.end()};
}

KeyReader::KeyReader(const std::filesystem::path& keyring, const sealing::Key& service_key, Random& random,
                     const std::string& vfs)
    : keyring_(keyring, service_key, random, vfs)
{
}

KeyReader::Answer KeyReader::find(const PersonId& person)
{
    const std::lock_guard lock(mutex_);
    // There is nothing to roll back, but this forgets the keys that are kept in memory: they outlive an erasure by the
    // writer, whose connection is another.
    keyring_.rollback();
    if (auto key = keyring_.find(person.uuid)) return {State::known, std::move(key)};
    return {keyring_.is_erased(person.uuid) ? State::erased : State::unknown, std::nullopt};
}

std::optional<std::string> KeyReader::open(const PersonId& person, std::string_view place, const Sealed& sealed)
{
    const auto answer = find(person);
    if (!answer.key) return std::nullopt;
    const auto plain = sealing::unseal(*answer.key, place, sealed);
    if (!plain) return std::nullopt;
    return std::string(as_text(*plain));
}

}  // namespace gonghui::registration
