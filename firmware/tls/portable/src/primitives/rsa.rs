//! The public operation of RSA, as verifying a signature of PKCS #1 v1.5 needs it.
//!
//! On numbers of fixed size, which need no heap. The `rsa` crate computes with the same library,
//! but keeps its parameters in an `Arc`, which neither core can count: both lack compare-and-swap.
//! The known answers are signatures of OpenSSL 3 over "nodelab", with SHA-256.

use core::hint::black_box;

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U64, U2048, U4096};
use sha2::{Digest as _, Sha256};

use crate::hex::hex;
use crate::meter::{Meter, each, holds};

/// The usual exponent, and how many bits it has.
const EXPONENT: U64 = U64::from_u32(65_537);
const EXPONENT_BITS: u32 = 17;
const MESSAGE: &[u8] = b"nodelab";
//= RFC 8017 §9.2: what stands before a digest of SHA-256
const DIGEST_INFO: [u8; 19] = hex("3031300d060960864801650304020105000420");

const MODULUS_2048: [u8; 256] = hex(concat!(
    "9f56045b646b400d18c32b1e06dd5be7f1fc423040ec655fe52dc3a9b09cac1f",
    "907e7e64438f4e3d79f2757d304f8228486be10f0912d3b195412c91f163b701",
    "0df7d33301c07838ce9a244621b26831e1c575535c75c6e04a10f6d7dc462b43",
    "d49e0e810d0f5f8e69d7f1efb9c1c62f0fcb0d6254d8d5bc04364f20ad4f2b64",
    "a464ca21adf7bf75cf1ab2659f826042226d2aa424bd798b9fe501a46c995d67",
    "d41e85fea1c216a0c9b696f2e5c85dfa9c564a933a1bf74702d5168a1ea4d949",
    "ed6583a1c3300296e1e6e95b779ba9e4f68679e9cbcdd16b571953fb8da36cab",
    "c1e5af892c95d306b783e5d45c0886102dd54ed0b722832d0a6960f4ffd3afdb"
));
const SIGNATURE_2048: [u8; 256] = hex(concat!(
    "296ee84f92a4afd04c16a77d17b524cd91b6ef31593dd799a9d3ff805b25e674",
    "009a150dd7e0bff67cd23bad7548750c84c42d6a025b4a882f4554f42615a02c",
    "eb9e1b3340a32ab48523ddc837837c01d101322ea3319a29202fb8caaec54507",
    "7d36f23104e0fa9873b793a5563f3f0c1e9ac753835884c46d77f5684a2e5618",
    "3b760859c12dab3da198f1f03dbb8d5217213633058831f682dcec934f590f0d",
    "c5cfce1e549745a722259235620fca9413a3d8208fde5886d915e8acd54dedaa",
    "e7caed3f14994a48dd99bb83d4fee82ce49b3721b03cc718fa9b88ccfe1f5ae9",
    "c6759c121f28c3c72c434b112d588c77d25868839a62007ff6686bf52dc7ebfb"
));
const MODULUS_4096: [u8; 512] = hex(concat!(
    "d8ab4325287d8b73df6f7f0d6ea21b238f1c29d54abbec272221ab5022af0960",
    "bbccc49dd0f1babedf454f41578fc4a8ec99e505a783e8195b9bddedf023afb6",
    "4caf880aa1a454b01076ee5bfef316b69c30bab6d3d73a4c086e7cb986659da5",
    "c1e26f83ed65195629a464fb7cc64e01aaa4bfa1e82163f88dbf931a3fb465dc",
    "d8ec01f985fee7b54d76d6c09af469244e08531754e0a0ef5cf7558ab784ea2a",
    "2da9325c5f87c17ee22607a6a2507f8241c82d0a713fdce3882fe26a70209c36",
    "4c32b806a1fdb041f0e93a6ee11930e8516be86ef73af6bf07e0a7dcbd8e9859",
    "e30744a70698ebde63c7b2d02bbc2cf9d4f999d928bd085557cf13edda900b68",
    "1d01e28a5d6bbe89d762720aa876f8b6f8762419330a1d53d02838328bef4f48",
    "1b62694ecc381a17c654e48c45ed5a5ca41457f31d408e02a8d0a14a2420f7bf",
    "b3687161d3023045b64154e2f744fa3b03cb797527263cf42d5d228ba02a0ac6",
    "15b691925c8986b173cc2d2403a468abeb86966becbe85c02213102dfddc4154",
    "dd784875c60b8e4af842dcd5e6d710d7f8a9b5247a0f3856eba76606899a2e56",
    "25217a25a536c80b74576016d60960d231bceeb81da678515868e3b4311f5655",
    "a19ca8f548428f72b72bc4c403af6fd9cb8dc39dd856a5242a3ce55aa3d8e4f5",
    "773db871060444c270213ab1a32621f022a261e42f39edd10f1cf05e8ac9c097"
));
const SIGNATURE_4096: [u8; 512] = hex(concat!(
    "1efda6c04bddd32ea65345838112c31a4b256b301eb83c40e57156ff3be12141",
    "c647099a284b09b8f231f31829a51df4168e5a135eb932f6bced238149ff3fb1",
    "2162d1c4ac63028aa802a265a20946a3649d4a88ce2294d977769ea08cb059ca",
    "9a126c6bab3b42f51835e9cd908d9b2f934b6bd6c1fb4ab8abe5218d6352eb36",
    "fbdfc0f6393bf278002e9e658083a5cc1e9f9260c944a156b61a16e14bfdcb43",
    "08da0716dd5a730ccd3e2fee170c9cd924190a34424a0bff873547a813a936f1",
    "1eccec0ecf9a00270518b300f76cdec664e838dda4c11cbcdaa40c55756bb0b4",
    "8b226e4b9d2ceb619b167b9985d2157af41ccf6facafaaf54361a5a04c3a1d86",
    "adbfc228b2b1daeb54001ab3cb0a95f647872302a306fb43556205ee5bb68463",
    "34917f53054f2f5718197e6a2ca390e786d9cd90ec9530efd84740bf12a63ead",
    "5d4f8466a0528544a8097d27102580cd9119159d99a5030bc9fa644ad4cd1a02",
    "1cea07ac4fd892228e75c44ce1ab8db1ccbd9083b19f11b34483dc007e4e2a0b",
    "bd23a9ef460fc63be60c4dbe23681c5531936075c69cdba9d8a04a6fce701a45",
    "178d840657d5730528a1f2e972027e6751b7b42b7ef1f8da5aba77ebd2647b4a",
    "eba1c39dae3c83547b59f84d7331a23f44e0fcafb430c5755c874a6c1233f173",
    "b3b004ad69b5eb6e24ef8a41e11d447c913a74344f15333bc25f179466e39aad"
));

/// Measures RSA.
pub fn run(meter: &mut impl Meter) {
    holds(meter, each("rsa2048-public"), || {
        let modulus = Odd::new(U2048::from_be_slice(black_box(&MODULUS_2048)));
        let signature = U2048::from_be_slice(black_box(&SIGNATURE_2048));
        let Some(modulus) = modulus.into_option() else {
            return false;
        };
        let parameters = FixedMontyParams::new_vartime(modulus);
        let base = FixedMontyForm::new(&signature, &parameters);
        let padded = base.pow_bounded_exp(&EXPONENT, EXPONENT_BITS).retrieve();
        padded == U2048::from_be_slice(&expected::<256>())
    });
    holds(meter, each("rsa4096-public"), || {
        let modulus = Odd::new(U4096::from_be_slice(black_box(&MODULUS_4096)));
        let signature = U4096::from_be_slice(black_box(&SIGNATURE_4096));
        let Some(modulus) = modulus.into_option() else {
            return false;
        };
        let parameters = FixedMontyParams::new_vartime(modulus);
        let base = FixedMontyForm::new(&signature, &parameters);
        let padded = base.pow_bounded_exp(&EXPONENT, EXPONENT_BITS).retrieve();
        padded == U4096::from_be_slice(&expected::<512>())
    });
}

/// The encoded message (RFC 8017 §9.2).
fn expected<const N: usize>() -> [u8; N] {
    let digest = Sha256::digest(MESSAGE);
    let mut encoded = [0xff; N];
    encoded[0] = 0;
    encoded[1] = 1;
    let info = N - digest.len() - DIGEST_INFO.len();
    encoded[info - 1] = 0;
    encoded[info..][..DIGEST_INFO.len()].copy_from_slice(&DIGEST_INFO);
    encoded[N - digest.len()..].copy_from_slice(&digest);
    encoded
}
