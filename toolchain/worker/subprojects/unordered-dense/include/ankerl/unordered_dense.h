#pragma once
#include <cstdint>
#include <functional>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	// mediasoup hashes integers and enums where it names the hash itself; both are mixed by splitmix64's
	// finalizer, since std::hash leaves an integer as it is.
	template<typename T>
	struct hash
	{
		auto operator()(const T& value) const noexcept -> uint64_t
		{
			uint64_t x;
			if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
				x = static_cast<uint64_t>(value);
			else
				x = static_cast<uint64_t>(std::hash<T>{}(value));
			x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
			x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
			return x ^ (x >> 31);
		}
	};

	template<typename K, typename V, typename Hash = hash<K>, typename Equal = std::equal_to<K>>
	using map = std::unordered_map<K, V, Hash, Equal>;

	template<typename K, typename Hash = hash<K>, typename Equal = std::equal_to<K>>
	using set = std::unordered_set<K, Hash, Equal>;
} // namespace ankerl::unordered_dense
