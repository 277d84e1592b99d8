-- The schema document's tables and indexes, statement for statement. Later files only add.

CREATE TABLE events (
  id SERIAL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  date DATE NOT NULL,
  location VARCHAR(255),
  industry VARCHAR(100),
  description TEXT,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE contacts (
  id SERIAL PRIMARY KEY,
  event_id INTEGER REFERENCES events(id) ON DELETE CASCADE,
  full_name VARCHAR(255) NOT NULL,
  email VARCHAR(255),
  company VARCHAR(255),
  title VARCHAR(255),
  phone VARCHAR(50),
  linkedin_url VARCHAR(255),
  
  -- OCR related
  business_card_url TEXT, -- Supabase Storage URL
  ocr_confidence DECIMAL(3,2), -- 0.00 to 1.00
  ocr_raw_data JSONB, -- Store complete OCR response
  
  -- Processing tracking
  status VARCHAR(20) DEFAULT 'processing', -- processing, completed, failed, pending_review, user_verified
  processed_at TIMESTAMP, -- When OCR completed
  reviewed_at TIMESTAMP, -- When user reviewed (if needed)
  
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
);

CREATE INDEX idx_contacts_event_id ON contacts(event_id);
CREATE INDEX idx_contacts_status ON contacts(status);
CREATE INDEX idx_contacts_email ON contacts(email);
CREATE INDEX idx_contacts_processed_at ON contacts(processed_at);

-- Future-proofing for background OCR processing
CREATE TABLE ocr_jobs (
  id SERIAL PRIMARY KEY,
  contact_id INTEGER REFERENCES contacts(id) ON DELETE CASCADE,
  status VARCHAR(20) DEFAULT 'pending', -- pending, processing, completed, failed
  error_message TEXT,
  started_at TIMESTAMP,
  completed_at TIMESTAMP,
  created_at TIMESTAMP DEFAULT NOW()
);

CREATE INDEX idx_ocr_jobs_status ON ocr_jobs(status);
CREATE INDEX idx_ocr_jobs_contact_id ON ocr_jobs(contact_id);

CREATE TABLE lead_groups (
  id SERIAL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE lead_group_contacts (
  lead_group_id INTEGER REFERENCES lead_groups(id) ON DELETE CASCADE,
  contact_id INTEGER REFERENCES contacts(id) ON DELETE CASCADE,
  added_at TIMESTAMP DEFAULT NOW(),
  PRIMARY KEY (lead_group_id, contact_id)
);

CREATE TABLE email_templates (
  id SERIAL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  subject VARCHAR(500) NOT NULL,
  body TEXT NOT NULL,
  variables TEXT[], -- ['firstName', 'company', 'eventName']
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE email_campaigns (
  id SERIAL PRIMARY KEY,
  lead_group_id INTEGER REFERENCES lead_groups(id),
  template_id INTEGER REFERENCES email_templates(id),
  name VARCHAR(255) NOT NULL, -- User-friendly campaign name
  status VARCHAR(50) DEFAULT 'draft', -- draft, generating, ready, exported
  generated_at TIMESTAMP, -- When AI drafts were generated
  exported_at TIMESTAMP, -- When CSV was exported
  export_count INTEGER DEFAULT 0, -- Track how many times exported
  created_at TIMESTAMP DEFAULT NOW()
);

CREATE INDEX idx_email_campaigns_status ON email_campaigns(status);
CREATE INDEX idx_email_campaigns_generated_at ON email_campaigns(generated_at);

CREATE TABLE email_drafts (
  id SERIAL PRIMARY KEY,
  campaign_id INTEGER REFERENCES email_campaigns(id) ON DELETE CASCADE,
  contact_id INTEGER REFERENCES contacts(id),
  subject VARCHAR(500) NOT NULL,
  body TEXT NOT NULL,
  personalization_data JSONB, -- Store AI reasoning/context
  
  -- Export tracking
  exported_at TIMESTAMP, -- When included in CSV export
  sent_at TIMESTAMP, -- When actually sent (future Gmail integration)
  
  created_at TIMESTAMP DEFAULT NOW()
);

CREATE INDEX idx_email_drafts_campaign_id ON email_drafts(campaign_id);
CREATE INDEX idx_email_drafts_exported_at ON email_drafts(exported_at);

CREATE TABLE activity_logs (
  id SERIAL PRIMARY KEY,
  action VARCHAR(100) NOT NULL, -- Standardized action types (see below)
  entity_type VARCHAR(50), -- contact, event, email_campaign, lead_group
  entity_id INTEGER,
  metadata JSONB, -- Additional context
  created_at TIMESTAMP DEFAULT NOW()
);

CREATE INDEX idx_activity_logs_created_at ON activity_logs(created_at DESC);
CREATE INDEX idx_activity_logs_action ON activity_logs(action);
