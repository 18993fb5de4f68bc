"""What a program may name, as data (written by ``scripts/write_policy_tables.py`` for PyTorch 2.13.0)."""

MODULES: dict[str, frozenset[str]] = {
    "torch": frozenset(
        """
        BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor Generator HalfTensor IntTensor
        LongTensor OutOfMemoryError ShortTensor Size Tensor __version__ abs abs_ absolute accelerator acos acos_ acosh
        acosh_ adaptive_avg_pool1d adaptive_max_pool1d add addbmm addcdiv addcmul addmm addmv addmv_ addr adjoint all
        allclose alpha_dropout alpha_dropout_ amax amin aminmax amp angle any arange arccos arccos_ arccosh arccosh_
        arcsin arcsin_ arcsinh arcsinh_ arctan arctan2 arctan_ arctanh arctanh_ argmax argmin argsort argwhere as_tensor
        asin asin_ asinh asinh_ atan atan2 atan_ atanh atanh_ atleast_1d atleast_2d atleast_3d autocast autograd
        avg_pool1d backends baddbmm bartlett_window batch_norm bernoulli bfloat16 bilinear
        binary_cross_entropy_with_logits bincount binomial bitwise_and bitwise_left_shift bitwise_not bitwise_or
        bitwise_right_shift bitwise_xor blackman_window block_diag bmm bool broadcast_shapes broadcast_tensors
        broadcast_to bucketize can_cast cartesian_prod cat cdist cdouble ceil ceil_ celu celu_ cfloat chain_matmul
        channel_shuffle channels_last channels_last_3d cholesky cholesky_inverse cholesky_solve chunk clamp clamp_
        clamp_max clamp_max_ clamp_min clamp_min_ clip clip_ clone column_stack combinations complex complex128
        complex64 concat concatenate conj conj_physical conj_physical_ contiguous_format conv1d conv2d conv3d
        conv_transpose1d conv_transpose2d conv_transpose3d copysign corrcoef cos cos_ cosh cosh_ cosine_embedding_loss
        cosine_similarity count_nonzero cov cross ctc_loss cuda cummax cummin cumprod cumsum cumulative_trapezoid
        deg2rad deg2rad_ det detach detach_ device diag diag_embed diagflat diagonal diagonal_scatter diff digamma dist
        distributions div divide dot double dropout dropout_ dsplit dstack dtype e einsum embedding embedding_bag empty
        empty_like enable_grad eq equal erf erf_ erfc erfc_ erfinv exp exp2 exp2_ exp_ expm1 expm1_ eye
        fake_quantize_per_channel_affine fake_quantize_per_tensor_affine feature_alpha_dropout feature_alpha_dropout_
        feature_dropout feature_dropout_ fft finfo fix fix_ flatten flip fliplr flipud float float16 float32 float64
        float_power floor floor_ floor_divide fmax fmin fmod frac frac_ frexp frobenius_norm from_numpy full full_like
        func gather gcd gcd_ ge geqrf ger get_default_device get_default_dtype get_device gradient greater greater_equal
        group_norm gt half hamming_window hann_window hardshrink heaviside hinge_embedding_loss histc histogram
        histogramdd hsplit hstack hypot i0 i0_ igamma igammac iinfo imag index_add index_copy index_fill index_put
        index_put_ index_reduce index_select inf inference_mode initial_seed inner instance_norm int int16 int32 int64
        int8 inverse is_complex is_conj is_deterministic_algorithms_warn_only_enabled is_floating_point is_grad_enabled
        is_inference is_inference_mode_enabled is_neg is_nonzero is_same_size is_signed is_tensor isclose isfinite isin
        isinf isnan isneginf isposinf isreal istft jagged kaiser_window kl_div kron kthvalue layer_norm layout lcm lcm_
        ldexp ldexp_ le lerp less less_equal lgamma linalg linspace lobpcg log log10 log10_ log1p log1p_ log2 log2_ log_
        log_softmax logaddexp logaddexp2 logcumsumexp logdet logical_and logical_not logical_or logical_xor logit logit_
        logspace logsumexp long lt lu lu_solve lu_unpack manual_seed margin_ranking_loss masked_fill masked_scatter
        masked_select matmul matrix_exp matrix_power max max_pool1d max_pool1d_with_indices max_pool2d max_pool3d
        maximum mean median memory_format meshgrid min minimum mm mode moveaxis movedim msort mul multinomial multiply
        mv mvlgamma nan nan_to_num nan_to_num_ nanmean nanmedian nanquantile nansum narrow ne neg neg_ negative
        negative_ nested newaxis nextafter nn no_grad nonzero norm normal not_equal nuclear_norm numel ones ones_like
        optim orgqr ormqr outer pairwise_distance pca_lowrank pdist permute pi pinverse pixel_shuffle pixel_unshuffle
        poisson poisson_nll_loss polar polygamma positive pow prelu preserve_format prod promote_types put qr quantile
        rad2deg rad2deg_ rand rand_like randint randint_like randn randn_like random randperm ravel real reciprocal
        reciprocal_ relu relu_ remainder renorm repeat_interleave reshape resolve_conj resolve_neg result_type rms_norm
        roll rot90 round round_ row_stack rrelu rrelu_ rsqrt rsqrt_ rsub scalar_tensor scatter scatter_add
        scatter_reduce searchsorted segment_reduce select select_scatter selu selu_ set_anomaly_enabled
        set_default_device set_default_dtype set_float32_matmul_precision set_grad_enabled set_printoptions sgn short
        sigmoid sigmoid_ sign signal signbit sin sin_ sinc sinc_ sinh sinh_ slice_scatter slogdet softmax sort sparse
        sparse_coo sparse_coo_tensor sparse_csr special split split_with_sizes spmm sqrt sqrt_ square square_ squeeze
        stack std std_mean stft strided sub subtract sum svd svd_lowrank swapaxes swapdims t take take_along_dim tan
        tan_ tanh tanh_ tensor tensor_split tensordot testing threshold threshold_ tile topk trace transpose trapezoid
        trapz triangular_solve tril tril_indices triplet_margin_loss triu triu_indices true_divide trunc trunc_ uint16
        uint32 uint64 uint8 unbind unflatten unique unique_consecutive unravel_index unsqueeze
        use_deterministic_algorithms utils vander var var_mean vdot version view_as_complex view_as_real vmap vsplit
        vstack where xlogy xlogy_ zero_ zeros zeros_like
        """.split()
    ),
    "torch.nn": frozenset(
        """
        AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d
        AdaptiveMaxPool2d AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss
        BatchNorm1d BatchNorm2d BatchNorm3d Bilinear Buffer CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d
        CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d
        ConvTranspose3d CosineEmbeddingLoss CosineSimilarity CrossEntropyLoss CrossMapLRN2d Dropout Dropout1d Dropout2d
        Dropout3d ELU Embedding EmbeddingBag FeatureAlphaDropout Flatten Fold FractionalMaxPool2d FractionalMaxPool3d
        GELU GLU GRU GRUCell GaussianNLLLoss GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss
        HuberLoss Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d KLDivLoss L1Loss LPPool1d LPPool2d LPPool3d LSTM
        LSTMCell LayerNorm LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d
        LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d
        LazyInstanceNorm3d LazyLinear LeakyReLU Linear LinearCrossEntropyLoss LinearCrossEntropyOptions
        LocalResponseNorm LogSigmoid LogSoftmax MSELoss MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d
        MaxUnpool2d MaxUnpool3d Mish Module ModuleDict ModuleList MultiLabelMarginLoss MultiLabelSoftMarginLoss
        MultiMarginLoss MultiheadAttention NLLLoss PReLU PairwiseDistance Parameter ParameterDict ParameterList
        PixelShuffle PixelUnshuffle PoissonNLLLoss RMSNorm RNN RNNBase RNNCell RNNCellBase RReLU ReLU ReLU6
        ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU
        Sequential SiLU Sigmoid SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh
        Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder
        TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss Unflatten Unfold UninitializedBuffer
        UninitializedParameter Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d attention
        functional grad init parameter utils
        """.split()
    ),
    "torch.nn.functional": frozenset(
        """
        adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool1d_with_indices
        adaptive_max_pool2d adaptive_max_pool2d_with_indices adaptive_max_pool3d adaptive_max_pool3d_with_indices
        affine_grid alpha_dropout avg_pool1d avg_pool2d avg_pool3d batch_norm bilinear binary_cross_entropy
        binary_cross_entropy_with_logits celu celu_ channel_shuffle conv1d conv2d conv3d conv_transpose1d
        conv_transpose2d conv_transpose3d cosine_embedding_loss cosine_similarity cross_entropy ctc_loss dropout
        dropout1d dropout2d dropout3d elu elu_ embedding embedding_bag feature_alpha_dropout fold fractional_max_pool2d
        fractional_max_pool2d_with_indices fractional_max_pool3d fractional_max_pool3d_with_indices gaussian_nll_loss
        gelu glu grid_sample group_norm grouped_mm gumbel_softmax hardshrink hardsigmoid hardswish hardtanh hardtanh_
        hinge_embedding_loss huber_loss instance_norm interpolate kl_div l1_loss layer_norm leaky_relu leaky_relu_
        linear linear_cross_entropy local_response_norm log_softmax logsigmoid lp_pool1d lp_pool2d lp_pool3d
        margin_ranking_loss max_pool1d max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d
        max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d mish mse_loss multi_head_attention_forward
        multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss normalize one_hot pad
        pairwise_distance pdist pixel_shuffle pixel_unshuffle poisson_nll_loss prelu relu relu6 relu_ rms_norm rrelu
        rrelu_ scaled_dot_product_attention selu selu_ sigmoid silu smooth_l1_loss soft_margin_loss softmax softmin
        softplus softshrink softsign tanh tanhshrink threshold threshold_ triplet_margin_loss
        triplet_margin_with_distance_loss unfold upsample upsample_bilinear upsample_nearest
        """.split()
    ),
    "torch.nn.init": frozenset(
        """
        calculate_gain constant constant_ dirac dirac_ eye eye_ kaiming_normal kaiming_normal_ kaiming_uniform
        kaiming_uniform_ normal normal_ ones_ orthogonal orthogonal_ sparse sparse_ trunc_normal_ uniform uniform_
        xavier_normal xavier_normal_ xavier_uniform xavier_uniform_ zeros_
        """.split()
    ),
    "torch.nn.utils": frozenset(
        """
        clip_grad_norm clip_grad_norm_ clip_grad_value_ clip_grads_with_norm_ convert_conv2d_weight_memory_format
        convert_conv3d_weight_memory_format fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval
        fuse_linear_bn_weights get_total_norm parameters_to_vector parametrizations parametrize prune
        remove_spectral_norm remove_weight_norm rnn skip_init spectral_norm vector_to_parameters weight_norm
        """.split()
    ),
    "torch.nn.utils.rnn": frozenset(
        """
        PackedSequence invert_permutation pack_padded_sequence pack_sequence pad_packed_sequence pad_sequence
        unpack_sequence unpad_sequence
        """.split()
    ),
    "torch.nn.utils.parametrize": frozenset(
        """
        ParametrizationList cached is_parametrized register_parametrization remove_parametrizations
        transfer_parametrizations_and_params type_before_parametrizations
        """.split()
    ),
    "torch.nn.utils.parametrizations": frozenset(
        """
        orthogonal spectral_norm weight_norm
        """.split()
    ),
    "torch.optim": frozenset(
        """
        ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax LBFGS Muon NAdam Optimizer RAdam RMSprop Rprop SGD SparseAdam
        lr_scheduler swa_utils
        """.split()
    ),
    "torch.optim.lr_scheduler": frozenset(
        """
        ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR LRScheduler
        LambdaLR LinearLR MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR ReduceLROnPlateau SequentialLR StepLR
        """.split()
    ),
    "torch.optim.swa_utils": frozenset(
        """
        AveragedModel SWALR get_ema_avg_fn get_ema_multi_avg_fn get_swa_avg_fn get_swa_multi_avg_fn update_bn
        """.split()
    ),
    "torch.autograd.functional": frozenset(
        """
        hessian hvp jacobian jvp vhp vjp
        """.split()
    ),
    "torch.linalg": frozenset(
        """
        LinAlgError cholesky cholesky_ex cond cross det diagonal eig eigh eigvals eigvalsh householder_product inv
        inv_ex ldl_factor ldl_factor_ex ldl_solve lstsq lu lu_factor lu_factor_ex lu_solve matmul matrix_exp matrix_norm
        matrix_power matrix_rank multi_dot norm pinv qr slogdet solve solve_ex solve_triangular svd svdvals tensorinv
        tensorsolve vander vecdot vector_norm
        """.split()
    ),
    "torch.fft": frozenset(
        """
        fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2 rfftfreq
        rfftn
        """.split()
    ),
    "torch.special": frozenset(
        """
        airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 chebyshev_polynomial_t chebyshev_polynomial_u
        chebyshev_polynomial_v chebyshev_polynomial_w digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammainc
        gammaincc gammaln hermite_polynomial_h hermite_polynomial_he i0 i0e i1 i1e laguerre_polynomial_l
        legendre_polynomial_p log1p log_ndtr log_softmax logit logsumexp modified_bessel_i0 modified_bessel_i1
        modified_bessel_k0 modified_bessel_k1 multigammaln ndtr ndtri polygamma psi round scaled_modified_bessel_k0
        scaled_modified_bessel_k1 shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u
        shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w sinc softmax spherical_bessel_j0 xlog1py xlogy
        zeta
        """.split()
    ),
    "torch.distributions": frozenset(
        """
        AbsTransform AffineTransform Bernoulli Beta Binomial CatTransform Categorical Cauchy Chi2 ComposeTransform
        ContinuousBernoulli CorrCholeskyTransform CumulativeDistributionTransform Dirichlet Distribution ExpTransform
        Exponential ExponentialFamily FisherSnedecor Gamma GeneralizedPareto Geometric Gumbel HalfCauchy HalfNormal
        Independent IndependentTransform InverseGamma Kumaraswamy LKJCholesky Laplace LogNormal LogisticNormal
        LowRankMultivariateNormal LowerCholeskyTransform MixtureSameFamily Multinomial MultivariateNormal
        NegativeBinomial Normal OneHotCategorical OneHotCategoricalStraightThrough Pareto Poisson
        PositiveDefiniteTransform PowerTransform RelaxedBernoulli RelaxedOneHotCategorical ReshapeTransform
        SigmoidTransform SoftmaxTransform SoftplusTransform StackTransform StickBreakingTransform StudentT TanhTransform
        Transform TransformedDistribution Uniform VonMises Weibull Wishart biject_to constraints identity_transform kl
        kl_divergence register_kl transform_to transforms
        """.split()
    ),
    "torch.distributions.kl": frozenset(
        """
        kl_divergence register_kl
        """.split()
    ),
    "torch.distributions.constraints": frozenset(
        """
        Constraint MixtureSameFamilyConstraint boolean cat corr_cholesky dependent dependent_property greater_than
        greater_than_eq half_open_interval independent integer_interval interval is_dependent less_than lower_cholesky
        lower_triangular multinomial nonnegative nonnegative_integer one_hot positive positive_definite positive_integer
        positive_semidefinite real real_vector simplex square stack symmetric unit_interval
        """.split()
    ),
    "torch.distributions.transforms": frozenset(
        """
        AbsTransform AffineTransform CatTransform ComposeTransform CorrCholeskyTransform CumulativeDistributionTransform
        ExpTransform IndependentTransform LowerCholeskyTransform PositiveDefiniteTransform PowerTransform
        ReshapeTransform SigmoidTransform SoftmaxTransform SoftplusTransform StackTransform StickBreakingTransform
        TanhTransform Transform identity_transform
        """.split()
    ),
    "torch.nested": frozenset(
        """
        as_nested_tensor masked_select narrow nested_tensor nested_tensor_from_jagged to_padded_tensor
        """.split()
    ),
    "torch.signal.windows": frozenset(
        """
        bartlett blackman cosine exponential gaussian general_cosine general_hamming hamming hann kaiser nuttall
        """.split()
    ),
    "torch.autograd": frozenset(
        """
        Function Variable backward detect_anomaly enable_grad forward_ad function functional grad gradcheck
        gradgradcheck graph inference_mode no_grad set_detect_anomaly set_grad_enabled
        """.split()
    ),
    "torch.autograd.function": frozenset(
        """
        Function once_differentiable
        """.split()
    ),
    "torch.autograd.forward_ad": frozenset(
        """
        dual_level make_dual unpack_dual
        """.split()
    ),
    "torch.autograd.graph": frozenset(
        """
        GradientEdge Node get_gradient_edge register_multi_grad_hook save_on_cpu saved_tensors_hooks
        """.split()
    ),
    "torch.func": frozenset(
        """
        functional_call grad grad_and_value hessian jacfwd jacrev jvp linearize stack_module_state vjp vmap
        """.split()
    ),
    "torch.utils": frozenset(
        """
        checkpoint data
        """.split()
    ),
    "torch.utils.data": frozenset(
        """
        BatchSampler ChainDataset ConcatDataset DataLoader Dataset IterableDataset RandomSampler Sampler
        SequentialSampler StackDataset Subset SubsetRandomSampler TensorDataset WeightedRandomSampler dataloader dataset
        default_collate default_convert get_worker_info random_split sampler
        """.split()
    ),
    "torch.utils.data.dataset": frozenset(
        """
        ChainDataset ConcatDataset Dataset IterableDataset StackDataset Subset TensorDataset random_split
        """.split()
    ),
    "torch.utils.data.dataloader": frozenset(
        """
        DataLoader default_collate
        """.split()
    ),
    "torch.utils.data.sampler": frozenset(
        """
        BatchSampler RandomSampler Sampler SequentialSampler SubsetRandomSampler WeightedRandomSampler
        """.split()
    ),
    "torch.utils.checkpoint": frozenset(
        """
        checkpoint checkpoint_sequential
        """.split()
    ),
    "torch.nn.utils.prune": frozenset(
        """
        BasePruningMethod CustomFromMask Identity L1Unstructured LnStructured PruningContainer RandomStructured
        RandomUnstructured custom_from_mask global_unstructured identity is_pruned l1_unstructured ln_structured
        random_structured random_unstructured remove
        """.split()
    ),
    "torch.nn.grad": frozenset(
        """
        conv1d_input conv1d_weight conv2d_input conv2d_weight conv3d_input conv3d_weight
        """.split()
    ),
    "torch.signal": frozenset(
        """
        windows
        """.split()
    ),
    "torch.nn.attention": frozenset(
        """
        SDPBackend sdpa_kernel
        """.split()
    ),
    "torch.nn.parameter": frozenset(
        """
        Buffer Parameter UninitializedBuffer UninitializedParameter
        """.split()
    ),
    "torch.amp": frozenset(
        """
        GradScaler autocast custom_bwd custom_fwd grad_scaler
        """.split()
    ),
    "torch.sparse": frozenset(
        """
        addmm log_softmax mm softmax sum
        """.split()
    ),
    "torch.testing": frozenset(
        """
        assert_close make_tensor
        """.split()
    ),
    "torch.random": frozenset(
        """
        fork_rng initial_seed manual_seed
        """.split()
    ),
    "torch.cuda": frozenset(
        """
        BFloat16Tensor BoolTensor ByteTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor amp current_device
        device_count empty_cache get_device_capability get_device_name get_device_properties is_available
        is_bf16_supported manual_seed manual_seed_all max_memory_allocated max_memory_reserved memory_allocated
        memory_reserved reset_peak_memory_stats set_device synchronize
        """.split()
    ),
    "torch.cuda.amp": frozenset(
        """
        GradScaler autocast custom_bwd custom_fwd
        """.split()
    ),
    "torch.amp.grad_scaler": frozenset(
        """
        GradScaler
        """.split()
    ),
    "torch.backends": frozenset(
        """
        cuda cudnn mps
        """.split()
    ),
    "torch.backends.cuda": frozenset(
        """
        is_built matmul
        """.split()
    ),
    "torch.backends.cudnn": frozenset(
        """
        allow_tf32 benchmark deterministic enabled is_available
        """.split()
    ),
    "torch.backends.mps": frozenset(
        """
        is_available is_built
        """.split()
    ),
    "torch.accelerator": frozenset(
        """
        current_accelerator is_available
        """.split()
    ),
    "torch.version": frozenset(
        """
        cuda
        """.split()
    ),
    "collections": frozenset(
        """
        ChainMap Counter OrderedDict abc defaultdict deque namedtuple
        """.split()
    ),
    "collections.abc": frozenset(
        """
        Callable Collection Container Generator Hashable Iterable Iterator Mapping MutableMapping MutableSequence
        Sequence Set Sized
        """.split()
    ),
    "contextlib": frozenset(
        """
        ExitStack closing contextmanager nullcontext suppress
        """.split()
    ),
    "copy": frozenset(
        """
        copy deepcopy
        """.split()
    ),
    "dataclasses": frozenset(
        """
        InitVar asdict astuple dataclass field fields is_dataclass replace
        """.split()
    ),
    "enum": frozenset(
        """
        Enum Flag IntEnum IntFlag StrEnum auto unique
        """.split()
    ),
    "abc": frozenset(
        """
        ABC abstractmethod
        """.split()
    ),
    "operator": frozenset(
        """
        abs add and_ contains eq floordiv ge getitem gt iadd imul itemgetter le lt matmul mod mul ne neg not_ or_ pos
        pow sub truediv xor
        """.split()
    ),
    "bisect": frozenset(
        """
        bisect bisect_left bisect_right insort insort_left insort_right
        """.split()
    ),
    "heapq": frozenset(
        """
        heapify heappop heappush heappushpop nlargest nsmallest
        """.split()
    ),
    "json": frozenset(
        """
        dumps loads
        """.split()
    ),
    "numbers": frozenset(
        """
        Complex Integral Number Rational Real
        """.split()
    ),
    "pprint": frozenset(
        """
        pformat pp pprint
        """.split()
    ),
    "re": frozenset(
        """
        ASCII DOTALL I IGNORECASE M MULTILINE Match Pattern S VERBOSE X compile escape findall finditer fullmatch match
        search split sub subn
        """.split()
    ),
    "statistics": frozenset(
        """
        fmean mean median mode pstdev pvariance stdev variance
        """.split()
    ),
    "string": frozenset(
        """
        ascii_letters ascii_lowercase ascii_uppercase digits hexdigits printable punctuation whitespace
        """.split()
    ),
    "textwrap": frozenset(
        """
        dedent fill indent shorten wrap
        """.split()
    ),
    "types": frozenset(
        """
        SimpleNamespace
        """.split()
    ),
    "unicodedata": frozenset(
        """
        category combining name normalize
        """.split()
    ),
    "warnings": frozenset(
        """
        catch_warnings filterwarnings simplefilter warn
        """.split()
    ),
    "__future__": frozenset(
        """
        absolute_import annotations division generator_stop print_function unicode_literals with_statement
        """.split()
    ),
    "numpy": frozenset(
        """
        False_ ScalarType True_ __version__ abs absolute acos acosh add all allclose amax amin angle any append
        apply_along_axis apply_over_axes arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin
        argpartition argsort argwhere around array array2string array_equal array_equiv array_repr array_split array_str
        asanyarray asarray asarray_chkfinite ascontiguousarray asfortranarray asin asinh astype atan atan2 atanh
        atleast_1d atleast_2d atleast_3d average bartlett base_repr binary_repr bincount bitwise_and bitwise_count
        bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman block bool
        bool_ broadcast broadcast_arrays broadcast_shapes broadcast_to byte bytes_ c_ can_cast cbrt cdouble ceil choose
        clip clongdouble column_stack common_type complex128 complex64 complexfloating compress concat concatenate conj
        conjugate convolve copy copysign copyto corrcoef correlate cos cosh count_nonzero cov cross csingle cumprod
        cumsum cumulative_prod cumulative_sum deg2rad degrees delete diag diag_indices diag_indices_from diagflat
        diagonal diff digitize divide divmod dot double dsplit dstack dtype e ediff1d einsum einsum_path empty
        empty_like equal errstate euler_gamma exp exp2 expand_dims expm1 extract eye fabs fft fill_diagonal finfo fix
        flatiter flatnonzero flip fliplr flipud float16 float32 float64 float_power floating floor floor_divide fmax
        fmin fmod format_float_positional format_float_scientific frexp fromfunction fromiter fromstring full full_like
        gcd geomspace gradient greater greater_equal half hamming hanning heaviside histogram histogram2d
        histogram_bin_edges histogramdd hsplit hstack hypot i0 identity iinfo imag index_exp indices inexact inf inner
        insert int16 int32 int64 int8 int_ intc integer interp intersect1d intp invert isclose iscomplex iscomplexobj
        isdtype isfinite isfortran isin isinf isnan isneginf isposinf isreal isrealobj isscalar issubdtype iterable ix_
        kaiser kron lcm ldexp left_shift less less_equal lexsort lib linalg linspace log log10 log1p log2 logaddexp
        logaddexp2 logical_and logical_not logical_or logical_xor logspace long longdouble longlong mask_indices matmul
        matrix_transpose matvec max maximum may_share_memory mean median meshgrid mgrid min min_scalar_type minimum mod
        modf moveaxis multiply nan nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin
        nanpercentile nanprod nanquantile nanstd nansum nanvar ndarray ndenumerate ndim ndindex nditer negative newaxis
        nextafter nonzero not_equal number object_ ogrid ones ones_like outer packbits pad partition percentile
        permute_dims pi piecewise place poly poly1d polyadd polyder polydiv polyfit polyint polymul polysub polyval
        positive pow power printoptions prod promote_types ptp put put_along_axis putmask quantile r_ rad2deg radians
        random ravel ravel_multi_index real real_if_close reciprocal remainder repeat require reshape resize result_type
        right_shift rint roll rollaxis roots rot90 round row_stack s_ searchsorted select set_printoptions setdiff1d
        seterr setxor1d shape shares_memory short sign signbit signedinteger sin sinc single sinh size sort sort_complex
        spacing split sqrt square squeeze stack std str_ subtract sum swapaxes take take_along_axis tan tanh tensordot
        tile trace transpose trapezoid tri tril tril_indices tril_indices_from trim_zeros triu triu_indices
        triu_indices_from true_divide trunc typing ubyte ufunc uint uint16 uint32 uint64 uint8 uintc uintp ulong
        ulonglong union1d unique unique_all unique_counts unique_inverse unique_values unpackbits unravel_index
        unsignedinteger unstack unwrap ushort vander var vdot vecdot vecmat vectorize vsplit vstack where zeros
        zeros_like
        """.split()
    ),
    "numpy.linalg": frozenset(
        """
        LinAlgError cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm matrix_power
        matrix_rank matrix_transpose multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot tensorinv
        tensorsolve trace vecdot vector_norm
        """.split()
    ),
    "numpy.fft": frozenset(
        """
        fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2 rfftfreq
        rfftn
        """.split()
    ),
    "numpy.random": frozenset(
        """
        Generator MT19937 PCG64 PCG64DXSM Philox RandomState SFC64 SeedSequence beta binomial bytes chisquare choice
        default_rng dirichlet exponential f gamma geometric get_state gumbel hypergeometric laplace logistic lognormal
        logseries multinomial multivariate_normal negative_binomial noncentral_chisquare noncentral_f normal pareto
        permutation poisson power rand randint randn random random_integers random_sample ranf rayleigh sample seed
        set_state shuffle standard_cauchy standard_exponential standard_gamma standard_normal standard_t triangular
        uniform vonmises wald weibull zipf
        """.split()
    ),
    "numpy.typing": frozenset(
        """
        ArrayLike DTypeLike NDArray
        """.split()
    ),
    "numpy.lib": frozenset(
        """
        stride_tricks
        """.split()
    ),
    "numpy.lib.stride_tricks": frozenset(
        """
        sliding_window_view
        """.split()
    ),
    "math": frozenset(
        """
        acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2 expm1
        fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma log
        log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt tan tanh tau trunc ulp
        """.split()
    ),
    "itertools": frozenset(
        """
        accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby
        islice pairwise permutations product repeat starmap takewhile tee zip_longest
        """.split()
    ),
    "typing": frozenset(
        """
        AbstractSet Annotated Any AnyStr AsyncContextManager AsyncGenerator AsyncIterable AsyncIterator Awaitable
        BinaryIO ByteString Callable ChainMap ClassVar Collection Concatenate Container ContextManager Coroutine Counter
        DefaultDict Deque Dict Final FrozenSet Generator Generic Hashable IO ItemsView Iterable Iterator KeysView List
        Literal LiteralString Mapping MappingView Match MutableMapping MutableSequence MutableSet NamedTuple Never
        NewType NoReturn NotRequired Optional OrderedDict ParamSpec ParamSpecArgs ParamSpecKwargs Pattern Protocol
        Required Reversible Self Sequence Set Sized SupportsAbs SupportsBytes SupportsComplex SupportsFloat
        SupportsIndex SupportsInt SupportsRound TYPE_CHECKING Text TextIO Tuple Type TypeAlias TypeGuard TypeVar
        TypeVarTuple TypedDict Union Unpack ValuesView assert_never assert_type cast dataclass_transform final get_args
        get_origin is_typeddict no_type_check no_type_check_decorator overload reveal_type runtime_checkable
        """.split()
    ),
    "argparse": frozenset(
        """
        ArgumentDefaultsHelpFormatter ArgumentParser ArgumentTypeError BooleanOptionalAction Namespace REMAINDER
        RawTextHelpFormatter SUPPRESS
        """.split()
    ),
    "functools": frozenset(
        """
        cache cached_property cmp_to_key lru_cache partial partialmethod reduce total_ordering update_wrapper wraps
        """.split()
    ),
    "logging": frozenset(
        """
        CRITICAL DEBUG ERROR Formatter INFO Logger NOTSET StreamHandler WARN WARNING basicConfig critical debug disable
        error exception getLevelName getLogger info log warn warning
        """.split()
    ),
    "matplotlib": frozenset(
        """
        pyplot rc rcParams use
        """.split()
    ),
    "matplotlib.pyplot": frozenset(
        """
        annotate autoscale axes axhline axis axvline bar barh cla clf clim close cm colorbar contour contourf draw
        errorbar figure fill_between gca gcf grid hist imshow ioff ion legend loglog margins matshow pause pcolor
        pcolormesh plot rc rcParams savefig sca scatter semilogx semilogy set_cmap show step style subplot subplots
        subplots_adjust suptitle switch_backend text tick_params tight_layout title twinx xlabel xlim xscale xticks
        ylabel ylim yscale yticks
        """.split()
    ),
    "os": frozenset(
        """
        cpu_count environ getenv linesep path sep
        """.split()
    ),
    "os.path": frozenset(
        """
        abspath basename dirname exists expanduser isdir isfile join normpath split splitext
        """.split()
    ),
    "random": frozenset(
        """
        Random betavariate choice choices expovariate gammavariate gauss getstate lognormvariate normalvariate
        paretovariate randint random randrange sample seed setstate shuffle triangular uniform vonmisesvariate
        weibullvariate
        """.split()
    ),
    "sys": frozenset(
        """
        argv byteorder exit float_info getrecursionlimit getsizeof maxsize path platform setrecursionlimit stderr stdout
        version version_info
        """.split()
    ),
    "time": frozenset(
        """
        asctime ctime gmtime localtime mktime monotonic monotonic_ns perf_counter perf_counter_ns process_time
        process_time_ns sleep strftime struct_time thread_time time time_ns
        """.split()
    ),
    "tqdm": frozenset(
        """
        auto notebook tqdm tqdm_notebook trange
        """.split()
    ),
    "tqdm.auto": frozenset(
        """
        tqdm tqdm_notebook trange
        """.split()
    ),
    "tqdm.notebook": frozenset(
        """
        tqdm tqdm_notebook trange
        """.split()
    ),
}
"""The modules that a program may import or go through, each with the names it may use of it."""

ATTRIBUTES: frozenset[str] = frozenset(
    """
    Blues Greens Greys H L LD LU OptimizerPostHook OptimizerPreHook P Paired Q R RdBu RdBu_r RdYlBu Reds S Set1
    Spectral T U V VERSION Vh _asdict _fields _replace _version a abbr abs abs_ absolute absolute_ acc_dtype
    acc_policy accumulate acos acos_ acosh acosh_ activation activation_relu_or_gelu activations add addHandler add_
    add_argument add_argument_group add_module add_mutually_exclusive_group add_note add_param_group add_subplot
    add_zero_attn addbmm addbmm_ addcdiv addcdiv_ addcmul addcmul_ addmm addmm_ addmv addmv_ addr addr_ adjoint
    affine align_corners alignment all all_weights allclose allow_retain_graph allow_tf32 alpha amax amin aminmax
    angle annotate any append appendleft apply apply_mask approximate arccos arccos_ arccosh arccosh_ arcsin arcsin_
    arcsinh arcsinh_ arctan arctan2 arctan2_ arctan_ arctanh arctanh_ argmax argmin argpartition args argsort
    argwhere as_integer_ratio asin asin_ asinh asinh_ astype at atan atan2 atan2_ atan_ atanh atanh_ autofmt_xdate
    autoscale autoscale_view axhline axis axvline backward baddbmm baddbmm_ bar barh base base_dist base_lrs
    base_momentums base_transform batch_chunk_size batch_first batch_sampler batch_shape batch_size batch_sizes
    bernoulli bernoulli_ best beta betavariate bfloat16 bias bias_hh bias_ih bias_k bias_mask bias_orig bias_v
    bidirectional bijective bin_edges binary bincount binomial bit_count bit_generator bit_length bits bitwise_and
    bitwise_and_ bitwise_left_shift bitwise_left_shift_ bitwise_not bitwise_not_ bitwise_or bitwise_or_
    bitwise_right_shift bitwise_right_shift_ bitwise_xor bitwise_xor_ blank bmm bool boxed_grads_call broadcast_to
    buffers bwr byte byteorder bytes c_contiguous cache_clear cache_info capitalize casefold cauchy_ ccol_indices
    cdf cdouble ceil ceil_ ceil_mode center cfloat chalf char check check_forward_args check_hidden_size check_input
    children chisquare choice choices cholesky cholesky_inverse cholesky_solve choose chunk chunking_method cividis
    cla clamp clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clear clear_saved_tensors_on_access clf clip clip_
    clone clone_state cloned_coefficient close cls_to_become coalesce codomain coef coeffs col_indices collate_fn
    colorbar component_distribution compress compute_mask concentration concentration0 concentration1
    concentration_reciprocal conj conj_physical conj_physical_ conjugate contiguous contour contourf conv1 conv2
    convert_sync_batchnorm cooldown cooldown_counter coolwarm copy copy_ copysign copysign_ corrcoef cos cos_ cosh
    cosh_ count count_include_pad count_nonzero counts cov cov_diag cov_factor covariance_matrix cpu critical cross
    crow_indices cuda cummax cummin cumprod cumprod_ cumsum cumsum_ cumulative_sizes cutoffs cycle_momentum d_model
    data dataset datasets debug decode decoder default_factory default_min_lr defaults deg2rad deg2rad_ deleter
    delta denominator dense_dim dequantize deriv desc det detach detach_ device device_ids df df1 diag diag_embed
    diagflat diagonal diagonal_scatter diff difference difference_update dig digamma digamma_ dilation dim dim_order
    dirichlet dirty_tensors discard display dist distance_function distribution div div_ div_value divide divide_
    divisor_override domain dot double downscale_factor drawn drop_last dropout dropout1 dropout2 dropout3 dsplit
    dtype eigenvalues eigenvectors element_size elements elementwise_affine embed_dim embedding_dim
    enable_nested_tensor encode encoder end end_dim end_factor endpos endswith entropy enumerate_support eps epsilon
    eq eq_ equal erf erf_ erfc erfc_ erfinv erfinv_ error errorbar eta_min eval event_dim event_shape exception exp
    exp2 exp2_ exp_ expand expand_as expandtabs expm1 expm1_ exponent exponential exponential_ expovariate extend
    extendleft extra_repr f f_contiguous factor fc1 fc2 fdel fget fill fill_ fill_between fill_diagonal_ find
    findall finditer fix fix_ flags flat flatten flatten_parameters flip fliplr flipud float float_power
    float_power_ floor floor_ floor_divide floor_divide_ flush fmax fmin fmod fmod_ format format_map forward
    forward_shape frac frac_ freeze frexp from_bytes from_iterable from_pretrained fromhex fromkeys fset full
    fullmatch func function gamma gammavariate gather gauss gca gcd gcd_ ge ge_ generate_square_subsequent_mask
    generate_state generate_vmap_rule geometric geometric_ geqrf ger get getEffectiveLevel get_backoff_factor
    get_buffer get_device get_expected_cell_size get_expected_hidden_size get_extra_state get_growth_factor
    get_growth_interval get_last_lr get_lr get_offset get_parameter get_scale get_state get_submodule getrandbits
    getstate getter grad grad_dtype grad_fn gradient graphsafe_get_state graphsafe_set_state gray gray_r greater
    greater_ greater_equal greater_equal_ grid group groupdict groupindex groups gt gt_ gumbel half handlers
    hardshrink hasHandlers has_enumerate_support has_rsample has_uninitialized_params hash_tensor hasobject head
    head_bias head_dim head_size heaviside heaviside_ hex hidden_size hist histc histogram hot hsplit https
    hypergeometric hypot hypot_ i0 i0_ icdf identity idx igamma igamma_ igammac igammac_ ignore_index imag imshow
    in1_features in2_features in_channels in_cooldown in_features in_proj_bias in_proj_weight in_shape
    include_last_offset index index_add index_add_ index_copy index_copy_ index_fill index_fill_ index_put
    index_put_ index_reduce index_reduce_ index_select indices inferno info init initial_seed initialize_parameters
    inner inplace input_size insert int integ integers intersection intersection_update inv inverse inverse_indices
    inverse_shape invert_xaxis invert_yaxis isEnabledFor is_coalesced is_complex is_conj is_contiguous is_cpu
    is_cuda is_discrete is_distributed is_enabled is_floating_point is_inference is_integer is_ipu is_leaf is_maia
    is_meta is_mkldnn is_mps is_mtia is_neg is_nested is_nonzero is_pinned is_quantized is_same_size is_shared
    is_signed is_sparse is_sparse_csr is_vulkan is_xla is_xpu isalnum isalpha isascii isatty isclose isdecimal
    isdigit isdisjoint isfinite isidentifier isinf islower isnan isnative isneginf isnumeric isposinf isprintable
    isreal isspace issubset issuperset istft istitle isupper item items itemsize iterable jet join jvp k
    k_proj_weight kdim keepdim kernel_size keys keywords kind kron kthvalue label_outer label_smoothing lambd
    laplace last_epoch lastgroup lastindex layers layout lcm lcm_ ldexp ldexp_ le le_ legend length lengths lerp
    lerp_ less less_ less_equal less_equal_ level lgamma lgamma_ linear linear1 linear2 linears ljust
    load_state_dict loc log log10 log10_ log1p log1p_ log2 log2_ log_ log_abs_det_jacobian log_cdf log_input
    log_normal_ log_prob log_softmax log_survival_function log_target logabsdet logaddexp logaddexp2 logcumsumexp
    logdet logical_and logical_and_ logical_not logical_not_ logical_or logical_or_ logical_xor logical_xor_
    logistic logit logit_ logits loglog lognormal lognormvariate logseries logsumexp long loss low lower lr_lambdas
    lstrip lt lt_ lu lu_solve mH mT magma major make maketrans mant_dig mantissa manual_seed margin margins
    mark_dirty mark_non_differentiable mark_shared_storage mask_check masked_fill masked_fill_ masked_scatter
    masked_scatter_ masked_select match materialize materialize_grads matmul matrix matrix_exp matrix_power matshow
    max max_10_exp max_exp max_lrs max_momentums max_norm max_val maximum maxlen maybe_clear_saved_tensors mean
    median merge_masks metadata micro milestones min min_10_exp min_exp min_lrs min_val minimum minor
    mixture_distribution mm mode mode_worse module modules momentum most_common move_to_end moveaxis movedim msort
    mul mul_ multi_index multihead_attn multinomial multiply multiply_ multivariate_hypergeometric
    multivariate_normal mv mvlgamma mvlgamma_ n n_averaged n_children_spawned n_classes n_clusters n_fields
    n_sequence_fields n_unnamed_fields name named_buffers named_children named_modules named_parameters names
    nan_to_num nan_to_num_ nanmean nanmedian nanquantile nansum narrow narrow_copy nbytes ndim ndimension ne ne_
    needs_input_grad neg neg_ negative negative_ negative_binomial negative_slope nelement new new_empty new_full
    new_ones new_tensor new_zeros next_functions nextafter nextafter_ nhead nin non_differentiable
    noncentral_chisquare noncentral_f nonlinearity nonzero nonzero_static norm norm1 norm2 norm3 norm_first
    norm_type normal normal_ normalized_shape normalvariate not_equal not_equal_ nout num_bad_epochs
    num_batches_tracked num_channels num_classes num_embeddings num_features num_groups num_heads num_layers
    num_parameters num_samples num_workers numel numerator numpy optimizer options order orgqr original ormqr
    out_channels out_features out_proj out_shape outer output output_device output_nr output_padding output_ratio
    output_size owndata p padding padding_idx padding_mode parallel_apply param_groups param_shape parameters
    parametrizations params pareto paretovariate parse_args parse_known_args partition parts patience pattern pcolor
    pcolormesh permutation permute permute_hidden permuted perplexity pin_memory pinverse pivots plasma plot poisson
    polygamma polygamma_ pool pool_size pop popitem popleft pos positive pow pow_ power precision_matrix predict
    prelu primal print_help probs process_group prod profile_hook_step proj_size propagate prune put put_ pyfunc
    q_proj_weight qr quantile rad2deg rad2deg_ radix rainbow rand randbytes randint randn random random_
    random_integers random_sample randrange rank rate ravel rayleigh re real reciprocal reciprocal_
    recompute_scale_factor recursive_undo reduce reduceat reduction refresh register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
    register_parameter register_post_accumulate_grad_hook register_prehook register_state_dict_post_hook
    register_state_dict_pre_hook register_step_post_hook register_step_pre_hook regs reinterpreted_batch_ndims
    releaselevel relim relu relu1 relu2 relu_ remainder remainder_ remove removeprefix removesuffix renorm renorm_
    repeat repeat_interleave replace replacement replicate requires_grad requires_grad_ reset reset_parameters
    reset_running_stats reshape reshape_as residuals resize_as_sparse_ resolution resolve_conj resolve_neg result
    retain_grad retains_grad return_indices reverse rfind rindex rjust roll roots rot90 rotate round round_ rounds
    row_indices rpartition rsample rsplit rsqrt rsqrt_ rstrip running_mean running_var sample sample_n sampler
    save_for_backward save_for_forward saved_for_forward saved_tensors saved_variables savefig scale scale_factor
    scale_fn scale_grad_by_freq scale_mode scale_tril scanner scatter scatter_ scatter_add scatter_add_
    scatter_reduce scatter_reduce_ search searchsorted seed seismic select select_scatter self_attn semilogx
    semilogy send serial set setFormatter setLevel set_aspect set_axis_off set_axisbelow set_backoff_factor
    set_default_validate_args set_defaults set_description set_description_str set_extra_state set_facecolor
    set_growth_factor set_growth_interval set_label set_materialize_grads set_offset set_postfix set_postfix_str
    set_size_inches set_state set_submodule set_title set_xlabel set_xlim set_xscale set_xticklabels set_xticks
    set_ylabel set_ylim set_yscale set_yticklabels set_yticks setdefault setflags setstate setter setup_context sgn
    sgn_ shape short shortlist_size show shuffle sigmoid sigmoid_ sign sign_ signature signbit sin sin_ sinc sinc_
    singular_values sinh sinh_ size slice_inverse slice_scatter slogdet smallest_normal smm softmax solution sort
    sorted_indices span sparse sparse_dim sparse_mask spawn spawn_key split split_with_sizes splitlines sqrt sqrt_
    square square_ squeeze squeeze_ src_device_obj sspaddmm standard_cauchy standard_exponential standard_gamma
    standard_normal standard_t start start_dim start_factor startswith state state_dict std stddev step step_ratio
    step_size stft stop storage_offset str stride strides string strip sub sub_ subn subplots subplots_adjust
    subtract subtract_ sum sum_to_size support suptitle svd swap swapaxes swapaxes_ swapcase swapdims swapdims_
    symmetric_difference symmetric_difference_update t t_ tab10 tab20 tail take take_along_dim tan tan_ tangent tanh
    tanh_ tau temperature tensor_split tensors text threshold threshold_mode throw tick_params tight_layout tile
    tiny title tm_gmtoff tm_hour tm_isdst tm_mday tm_min tm_mon tm_sec tm_wday tm_yday tm_year tm_zone to to_bytes
    to_complex to_dense to_device to_padded_tensor to_real to_save to_sparse to_sparse_bsc to_sparse_bsr
    to_sparse_coo to_sparse_csc to_sparse_csr tobytes tolist tomaxint topk total total_count total_iters total_size
    total_steps trace track_running_stats train training transforms translate transpose transpose_ transposed
    triangular triangular_solve tril tril_ triu triu_ true_divide true_divide_ trunc trunc_ twinx type type_as
    unbind unflatten unflattened_size unfold uniform uniform_ union unique unique_consecutive unsafe_chunk
    unsafe_split unsafe_split_with_sizes unscale_ unsorted_indices unsqueeze unsqueeze_ update update_parameters
    upper upscale_factor use use_beta1 use_nested_tensor v_proj_weight value values var variable variance vdim vdot
    view view_as viridis vjp vmap vonmises vonmisesvariate vsplit wald warn warning weibull weibullvariate weight
    weight_g weight_hh weight_ih weight_mask weight_orig weight_u weight_v where with_cache write writeable xlogy
    xlogy_ zero_ zero_grad zero_infinity zfill zipf
    """.split()
)
"""What may follow the dot after a value, besides what the program itself defines."""
