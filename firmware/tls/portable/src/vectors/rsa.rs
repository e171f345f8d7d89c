//! Known answers for RSA: signatures of OpenSSL 3 (PKCS #1 v1.5, SHA-256).

use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// What is signed.
pub const MESSAGE: &[u8] = b"nodelab";
/// A modulus of 2048 bits.
pub const MODULUS_2048: [u8; 256] = hex(concat!(
    "9f56045b646b400d18c32b1e06dd5be7f1fc423040ec655fe52dc3a9b09cac1f",
    "907e7e64438f4e3d79f2757d304f8228486be10f0912d3b195412c91f163b701",
    "0df7d33301c07838ce9a244621b26831e1c575535c75c6e04a10f6d7dc462b43",
    "d49e0e810d0f5f8e69d7f1efb9c1c62f0fcb0d6254d8d5bc04364f20ad4f2b64",
    "a464ca21adf7bf75cf1ab2659f826042226d2aa424bd798b9fe501a46c995d67",
    "d41e85fea1c216a0c9b696f2e5c85dfa9c564a933a1bf74702d5168a1ea4d949",
    "ed6583a1c3300296e1e6e95b779ba9e4f68679e9cbcdd16b571953fb8da36cab",
    "c1e5af892c95d306b783e5d45c0886102dd54ed0b722832d0a6960f4ffd3afdb"
));
/// The signature with its private key.
pub const SIGNATURE_2048: [u8; 256] = hex(concat!(
    "296ee84f92a4afd04c16a77d17b524cd91b6ef31593dd799a9d3ff805b25e674",
    "009a150dd7e0bff67cd23bad7548750c84c42d6a025b4a882f4554f42615a02c",
    "eb9e1b3340a32ab48523ddc837837c01d101322ea3319a29202fb8caaec54507",
    "7d36f23104e0fa9873b793a5563f3f0c1e9ac753835884c46d77f5684a2e5618",
    "3b760859c12dab3da198f1f03dbb8d5217213633058831f682dcec934f590f0d",
    "c5cfce1e549745a722259235620fca9413a3d8208fde5886d915e8acd54dedaa",
    "e7caed3f14994a48dd99bb83d4fee82ce49b3721b03cc718fa9b88ccfe1f5ae9",
    "c6759c121f28c3c72c434b112d588c77d25868839a62007ff6686bf52dc7ebfb"
));
/// The private key of the modulus of 2048 bits: p, q, d mod p-1, d mod q-1, and 1/q mod p.
pub const PRIVATE_2048: [[u8; 128]; 5] = [
    hex(concat!(
        "d5a450657e48d8507ca1ca46f044130b07dde1547a04aaa9548dcc97884df8ac",
        "a7c6ad0c1dbfef78e677e120892397e4cdb3c75be93cc7294d937249db8e0ddf",
        "b1e43f3e6250f4be48724e021706b14bae0c28ef30dd8024612ecb2c6d409465",
        "12bc94c397f3cc6aada90bec815b8e96703c141193e4997e508b9710328d1437"
    )),
    hex(concat!(
        "beed55c2368afc764ae2a8689c20ccfeb4fd54b27145d59d425b2472f9b16991",
        "07c3df15113af0ab4171c1fe30a31e1615eadffe54ede2185dc11ac1cc488457",
        "8e80b595a3d422ddf518754bb5837f3caf1d6bab2ab59da35856b286c8d0e539",
        "d284b16b92d4d783b814e3c51ee4a44bc7bf4f2d37c2b8d3e3085a0250af377d"
    )),
    hex(concat!(
        "c87eabf493cf49323fc496507cab6633b3ee46c940b9a06fc92a4a16eb94410b",
        "c7686c7e326d2e100839f8cccfe6d765a2a65531ac719d76e596ba6b15e0faa4",
        "340e404c0b786e372546206f55acb23693e0558a2411bb7068c3c168b01f2b24",
        "afb0caebc46ec8285551901f24470849a68abb4ac3c0854c45cababa38b6ad81"
    )),
    hex(concat!(
        "777fdecc470d28c4f54bf6323b7e40302fa1dbb0303b905ef4584d70f51d78c0",
        "8086b50adf94ef6b90f39d82f67831ed8adc4e44466df9b45c81efb85a9f0cce",
        "2c701cb7432a1484add2182041c4c30f7d5f41b38970d0f09aeaf0a471ee657a",
        "926be10c3e839f3c5f2c1bff95bd6fa3caaacfe8b25cdb082bb25f7bd17a4995"
    )),
    hex(concat!(
        "b76ae055a13ca1f46002883a7ac1912fef023fa3651b593dbe0bcee8fb82ae80",
        "7ce47f5314cdb11fb551daeff15ff7c905b7f169a88f7fd1e4890809ce94354a",
        "6633133f4a814d50caddadc8b591bf9d1c3d7d217e31a1a83d109b0e6b933092",
        "a76c72ca6eb191c553c1fc7c7133c13d327c5cfc075f586c0066f5ba02b97fd8"
    )),
];
/// A modulus of 4096 bits.
pub const MODULUS_4096: [u8; 512] = hex(concat!(
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
/// The signature with its private key.
pub const SIGNATURE_4096: [u8; 512] = hex(concat!(
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

//= RFC 8017 §9.2: what stands before a digest of SHA-256
const DIGEST_INFO: [u8; 19] = hex("3031300d060960864801650304020105000420");

/// Returns the encoded message (RFC 8017 §9.2), which is what the signature becomes.
#[must_use]
pub fn encoded<const N: usize>() -> [u8; N] {
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
