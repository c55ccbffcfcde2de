-- CreateTable
CREATE TABLE "shop" (
    "id" SERIAL NOT NULL,
    "domain" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT,
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "country" TEXT,
    "storefront_host" TEXT,
    "salt" TEXT NOT NULL,
    "scopes" TEXT NOT NULL DEFAULT '',
    "installed_at" TIMESTAMPTZ(3),
    "uninstalled_at" TIMESTAMPTZ(3),
    "redacted_at" TIMESTAMPTZ(3),
    "paused_at" TIMESTAMPTZ(3),
    "sender_name" TEXT,
    "sender_address" TEXT,
    "postal_address" TEXT,
    "holdout_percent" INTEGER NOT NULL DEFAULT 5,
    "count_offline" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_session" (
    "shop_domain" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "shop_session_pkey" PRIMARY KEY ("shop_domain","id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "shop_id" INTEGER NOT NULL,
    "topic" TEXT NOT NULL,
    "event_key" TEXT NOT NULL,
    "webhook_id" TEXT NOT NULL,
    "api_version" TEXT NOT NULL,
    "triggered_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "fate" TEXT NOT NULL,
    "reason" TEXT,
    "copies" INTEGER NOT NULL DEFAULT 1,
    "body" TEXT NOT NULL,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("shop_id","topic","event_key")
);

-- CreateTable
CREATE TABLE "event" (
    "shop_id" INTEGER NOT NULL,
    "source_at" TIMESTAMPTZ(3) NOT NULL,
    "source_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "subject" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("shop_id","source_at","source_id")
) PARTITION BY RANGE ("source_at");

-- CreateTable
CREATE TABLE "sequence" (
    "shop_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "next" BIGINT NOT NULL,

    CONSTRAINT "sequence_pkey" PRIMARY KEY ("shop_id","name")
);

-- CreateTable
CREATE TABLE "cursor" (
    "shop_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "cursor_pkey" PRIMARY KEY ("shop_id","name")
);

-- CreateTable
CREATE TABLE "profile" (
    "shop_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "customer_gid" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "country" TEXT,
    "locale" TEXT,
    "merged_into" UUID,
    "redacted_at" TIMESTAMPTZ(3),

    CONSTRAINT "profile_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "profile_alias" (
    "shop_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "profile_alias_pkey" PRIMARY KEY ("shop_id","kind","key")
);

-- CreateTable
CREATE TABLE "profile_merge" (
    "shop_id" INTEGER NOT NULL,
    "loser_id" UUID NOT NULL,
    "survivor_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "moved" JSONB NOT NULL,

    CONSTRAINT "profile_merge_pkey" PRIMARY KEY ("shop_id","loser_id")
);

-- CreateTable
CREATE TABLE "cart" (
    "shop_id" INTEGER NOT NULL,
    "token" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "item_count" INTEGER NOT NULL,
    "lines" JSONB NOT NULL,

    CONSTRAINT "cart_pkey" PRIMARY KEY ("shop_id","token")
);

-- CreateTable
CREATE TABLE "checkout" (
    "shop_id" INTEGER NOT NULL,
    "token" TEXT NOT NULL,
    "cart_token" TEXT,
    "profile_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "email" TEXT,
    "phone" TEXT,
    "country" TEXT,
    "locale" TEXT,
    "currency" TEXT NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "recover_url" TEXT,
    "lines" JSONB NOT NULL,

    CONSTRAINT "checkout_pkey" PRIMARY KEY ("shop_id","token")
);

-- CreateTable
CREATE TABLE "placed_order" (
    "shop_id" INTEGER NOT NULL,
    "order_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "profile_id" UUID,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3),
    "test" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "discount_minor" BIGINT NOT NULL,
    "refunded_minor" BIGINT NOT NULL DEFAULT 0,
    "cart_token" TEXT,
    "checkout_token" TEXT,
    "discount_codes" TEXT[],

    CONSTRAINT "placed_order_pkey" PRIMARY KEY ("shop_id","order_id")
);

-- CreateTable
CREATE TABLE "refund" (
    "shop_id" INTEGER NOT NULL,
    "refund_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "amount_minor" BIGINT NOT NULL,

    CONSTRAINT "refund_pkey" PRIMARY KEY ("shop_id","refund_id")
);

-- CreateTable
CREATE TABLE "consent_record" (
    "shop_id" INTEGER NOT NULL,
    "source_id" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "evidence" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consent_record_pkey" PRIMARY KEY ("shop_id","source_id","channel")
);

-- CreateTable
CREATE TABLE "suppression" (
    "shop_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "address_hash" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "suppression_pkey" PRIMARY KEY ("shop_id","channel","address_hash")
);

-- CreateTable
CREATE TABLE "membership" (
    "shop_id" INTEGER NOT NULL,
    "segment_key" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,
    "subject" TEXT,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("shop_id","segment_key","profile_id")
);

-- CreateTable
CREATE TABLE "membership_change" (
    "shop_id" INTEGER NOT NULL,
    "seq" BIGINT NOT NULL,
    "segment_key" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "change" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "subject" TEXT,

    CONSTRAINT "membership_change_pkey" PRIMARY KEY ("shop_id","seq")
);

-- CreateTable
CREATE TABLE "membership_due" (
    "shop_id" INTEGER NOT NULL,
    "profile_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "membership_due_pkey" PRIMARY KEY ("shop_id","profile_id")
);

-- CreateTable
CREATE TABLE "assignment" (
    "shop_id" INTEGER NOT NULL,
    "experiment" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "arm" TEXT NOT NULL,
    "percent" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "contaminated" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "assignment_pkey" PRIMARY KEY ("shop_id","experiment","profile_id")
);

-- CreateTable
CREATE TABLE "connection" (
    "shop_id" INTEGER NOT NULL,
    "connector" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "account_id" TEXT,
    "account_name" TEXT,
    "state" TEXT NOT NULL,
    "problem" TEXT,
    "connected_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "connection_pkey" PRIMARY KEY ("shop_id","connector")
);

-- CreateTable
CREATE TABLE "audience" (
    "shop_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "connector" TEXT NOT NULL,
    "segment_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "external_id" TEXT,
    "state" TEXT NOT NULL,
    "problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "synced_at" TIMESTAMPTZ(3),
    "size_lower" INTEGER,
    "size_upper" INTEGER,
    "retry_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "audience_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "audience_member" (
    "shop_id" INTEGER NOT NULL,
    "audience_id" UUID NOT NULL,
    "profile_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "identifiers" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audience_member_pkey" PRIMARY KEY ("shop_id","audience_id","profile_id")
);

-- CreateTable
CREATE TABLE "audience_receipt" (
    "shop_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "audience_id" UUID NOT NULL,
    "verb" TEXT NOT NULL,
    "people" INTEGER NOT NULL,
    "refused" INTEGER NOT NULL,
    "reference" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audience_receipt_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "message" (
    "shop_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "flow_key" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "step_key" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "checkout_token" TEXT,
    "channel" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "claim" INTEGER NOT NULL DEFAULT 0,
    "claimed_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "to_address" TEXT,
    "subject" TEXT,
    "html" TEXT,
    "text" TEXT,
    "offer_code" TEXT,
    "basis" TEXT,
    "provider_reply" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "message_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "message_link" (
    "shop_id" INTEGER NOT NULL,
    "message_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "url" TEXT NOT NULL,

    CONSTRAINT "message_link_pkey" PRIMARY KEY ("shop_id","message_id","position")
);

-- CreateTable
CREATE TABLE "message_click" (
    "shop_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "message_click_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "offer_pool" (
    "shop_id" INTEGER NOT NULL,
    "flow_key" TEXT NOT NULL,
    "step_key" TEXT NOT NULL,
    "discount_gid" TEXT NOT NULL,
    "percent" INTEGER NOT NULL,
    "valid_days" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "problem" TEXT,

    CONSTRAINT "offer_pool_pkey" PRIMARY KEY ("shop_id","flow_key","step_key")
);

-- CreateTable
CREATE TABLE "offer_code" (
    "shop_id" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "flow_key" TEXT NOT NULL,
    "step_key" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "batch" TEXT,
    "run_id" UUID,
    "given_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "offer_code_pkey" PRIMARY KEY ("shop_id","code")
);

-- CreateTable
CREATE TABLE "flow" (
    "shop_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "enabled_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "settings" JSONB NOT NULL,
    "holdout_percent" INTEGER NOT NULL DEFAULT 10,
    "test_mail_at" TIMESTAMPTZ(3),
    "test_mail_to" TEXT,
    "other_mails_off_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "flow_pkey" PRIMARY KEY ("shop_id","key")
);

-- CreateTable
CREATE TABLE "flow_run" (
    "shop_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "flow_key" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "arm" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "step_index" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "flow_run_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "credit" (
    "shop_id" INTEGER NOT NULL,
    "order_id" TEXT NOT NULL,
    "message_id" UUID NOT NULL,
    "flow_key" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "by" TEXT NOT NULL,
    "touched_at" TIMESTAMPTZ(3) NOT NULL,
    "order_at" TIMESTAMPTZ(3) NOT NULL,
    "recovered" BOOLEAN NOT NULL,

    CONSTRAINT "credit_pkey" PRIMARY KEY ("shop_id","order_id")
);

-- CreateTable
CREATE TABLE "privacy_request" (
    "shop_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "customer_gid" TEXT,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "answer" TEXT,

    CONSTRAINT "privacy_request_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "shop_domain_key" ON "shop"("domain");

-- CreateIndex
CREATE INDEX "delivery_shop_id_received_at_idx" ON "delivery"("shop_id", "received_at");

-- CreateIndex
CREATE INDEX "event_shop_id_seq_idx" ON "event"("shop_id", "seq");

-- CreateIndex
CREATE INDEX "profile_alias_shop_id_profile_id_idx" ON "profile_alias"("shop_id", "profile_id");

-- CreateIndex
CREATE INDEX "cart_shop_id_profile_id_idx" ON "cart"("shop_id", "profile_id");

-- CreateIndex
CREATE INDEX "checkout_shop_id_profile_id_idx" ON "checkout"("shop_id", "profile_id");

-- CreateIndex
CREATE INDEX "checkout_shop_id_cart_token_idx" ON "checkout"("shop_id", "cart_token");

-- CreateIndex
CREATE INDEX "placed_order_shop_id_profile_id_idx" ON "placed_order"("shop_id", "profile_id");

-- CreateIndex
CREATE INDEX "placed_order_shop_id_placed_at_idx" ON "placed_order"("shop_id", "placed_at");

-- CreateIndex
CREATE INDEX "placed_order_shop_id_checkout_token_idx" ON "placed_order"("shop_id", "checkout_token");

-- CreateIndex
CREATE INDEX "placed_order_shop_id_cart_token_idx" ON "placed_order"("shop_id", "cart_token");

-- CreateIndex
CREATE INDEX "refund_shop_id_order_id_idx" ON "refund"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "consent_record_shop_id_profile_id_idx" ON "consent_record"("shop_id", "profile_id");

-- CreateIndex
CREATE INDEX "membership_shop_id_profile_id_idx" ON "membership"("shop_id", "profile_id");

-- CreateIndex
CREATE INDEX "membership_change_shop_id_segment_key_at_idx" ON "membership_change"("shop_id", "segment_key", "at");

-- CreateIndex
CREATE INDEX "membership_due_shop_id_due_at_idx" ON "membership_due"("shop_id", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "audience_shop_id_connector_segment_key_key" ON "audience"("shop_id", "connector", "segment_key");

-- CreateIndex
CREATE INDEX "audience_member_shop_id_state_idx" ON "audience_member"("shop_id", "state");

-- CreateIndex
CREATE INDEX "audience_member_shop_id_profile_id_idx" ON "audience_member"("shop_id", "profile_id");

-- CreateIndex
CREATE INDEX "audience_receipt_shop_id_audience_id_at_idx" ON "audience_receipt"("shop_id", "audience_id", "at");

-- CreateIndex
CREATE INDEX "message_shop_id_profile_id_sent_at_idx" ON "message"("shop_id", "profile_id", "sent_at");

-- CreateIndex
CREATE INDEX "message_shop_id_state_idx" ON "message"("shop_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "message_shop_id_run_id_step_key_profile_id_channel_key" ON "message"("shop_id", "run_id", "step_key", "profile_id", "channel");

-- CreateIndex
CREATE INDEX "message_click_shop_id_message_id_idx" ON "message_click"("shop_id", "message_id");

-- CreateIndex
CREATE INDEX "offer_code_shop_id_flow_key_step_key_state_idx" ON "offer_code"("shop_id", "flow_key", "step_key", "state");

-- CreateIndex
CREATE UNIQUE INDEX "offer_code_shop_id_run_id_step_key_key" ON "offer_code"("shop_id", "run_id", "step_key");

-- CreateIndex
CREATE INDEX "flow_run_shop_id_state_due_at_idx" ON "flow_run"("shop_id", "state", "due_at");

-- CreateIndex
CREATE INDEX "flow_run_shop_id_profile_id_idx" ON "flow_run"("shop_id", "profile_id");

-- CreateIndex
CREATE UNIQUE INDEX "flow_run_shop_id_flow_key_subject_key" ON "flow_run"("shop_id", "flow_key", "subject");

-- CreateIndex
CREATE INDEX "credit_shop_id_order_at_idx" ON "credit"("shop_id", "order_at");

-- The log's partitions lie in a schema of their own: months of source time, made when they are first needed, and two for what
-- claims to be from before 2009 or after 2100. Dropping a month is how retention works.
CREATE SCHEMA "event_part";
CREATE TABLE "event_part"."before_2009" PARTITION OF "event" FOR VALUES FROM (MINVALUE) TO ('2009-01-01 00:00:00+00');
CREATE TABLE "event_part"."after_2100" PARTITION OF "event" FOR VALUES FROM ('2100-01-01 00:00:00+00') TO (MAXVALUE);

CREATE FUNCTION make_event_partition(month timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  first timestamptz := date_trunc('month', month AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
  next timestamptz := (date_trunc('month', month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
  name text := 'm' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
  IF to_regclass('event_part.' || name) IS NOT NULL THEN RETURN false; END IF;
  -- Two makers at once: the second waits here, then finds it made.
  PERFORM pg_advisory_xact_lock(hashtext('event_part.' || name));
  IF to_regclass('event_part.' || name) IS NOT NULL THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE event_part.%I PARTITION OF event FOR VALUES FROM (%L) TO (%L)', name, first, next);
  RETURN true;
END $$;
