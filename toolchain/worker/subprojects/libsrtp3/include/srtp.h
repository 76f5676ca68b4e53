// The part of libsrtp 3 that mediasoup calls, on libsrtp 2. What differs: a policy is an opaque pointer with
// setters, and packets go from one buffer to another (version 2 works in place).
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#define srtp_policy_t srtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

inline constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
inline constexpr auto srtp_err_status_cryptex_err = static_cast<srtp_err_status_t>(29);

struct ume_srtp_policy
{
	srtp2_policy_t inner;
	uint8_t key[SRTP_MAX_KEY_LEN];
};
using srtp_policy_t = ume_srtp_policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new (std::nothrow) ume_srtp_policy();
	if (!*policy)
		return srtp_err_status_alloc_fail;
	(*policy)->inner.key = (*policy)->key;
	return srtp_err_status_ok;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	if (!policy)
		return;
	// volatile, or the compiler leaves the key in memory.
	for (volatile uint8_t& byte : policy->key)
		byte = 0;
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->inner.ssrc = ssrc;
	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const auto status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->inner.rtp, profile);
	if (status != srtp_err_status_ok)
		return status;
	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->inner.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLength,
  const uint8_t* salt,
  size_t saltLength,
  const uint8_t* /*mki*/,
  size_t mkiLength)
{
	if (mkiLength != 0 || keyLength + saltLength > sizeof(policy->key))
		return srtp_err_status_bad_param;
	std::memcpy(policy->key, key, keyLength);
	std::memcpy(policy->key + keyLength, salt, saltLength);
	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->inner.allow_repeat_tx = allow ? 1 : 0;
	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t size)
{
	policy->inner.window_size = static_cast<unsigned long>(size);
	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, const srtp_policy_t policy)
{
	return srtp_create(session, &policy->inner);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

namespace ume_srtp
{
	using in_place = srtp_err_status_t (*)(srtp_t, void*, int*);

	inline srtp_err_status_t copied(
	  in_place work, srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t trailer)
	{
		if (inLength + trailer > *outLength)
			return srtp_err_status_buffer_small;
		if (out != in)
			std::memmove(out, in, inLength);
		int length = static_cast<int>(inLength);
		const auto status = work(session, out, &length);
		if (status == srtp_err_status_ok)
			*outLength = static_cast<size_t>(length);
		return status;
	}
} // namespace ume_srtp

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t /*mki*/)
{
	return ume_srtp::copied(
	  static_cast<ume_srtp::in_place>(::srtp_protect), session, in, inLength, out, outLength, SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength)
{
	return ume_srtp::copied(
	  static_cast<ume_srtp::in_place>(::srtp_unprotect), session, in, inLength, out, outLength, 0);
}

// An RTCP packet's trailer has the index of four bytes too (RFC 3711 §3.4).
inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t /*mki*/)
{
	return ume_srtp::copied(
	  static_cast<ume_srtp::in_place>(::srtp_protect_rtcp), session, in, inLength, out, outLength, SRTP_MAX_TRAILER_LEN + 4);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength)
{
	return ume_srtp::copied(
	  static_cast<ume_srtp::in_place>(::srtp_unprotect_rtcp), session, in, inLength, out, outLength, 0);
}
